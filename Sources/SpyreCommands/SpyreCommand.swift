import ArgumentParser

/// The root of the command tree.
struct SpyreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spyre",
        abstract: "Runs language models on a Spyre device, here this computer's processor.",
        discussion: """
            EXAMPLES
              spyre pull                             fetch the default model, once
              spyre generate --prompt "The sea is"   continue a text
              spyre chat                             talk to the model
              spyre doctor                           what is here and what is missing

            MODELS
            --model takes a Hugging Face style directory (config.json, *.safetensors, tokenizer.json), a .gguf file or \
            a known name. Without it the model is \(ModelOptions.defaultModel).

            OUTPUT
            With --json standard output has one JSON object per line and nothing else; progress and logs go to \
            standard error. SPYRE_LOG_LEVEL=debug shows more of them.
            """,
        version: SpyreVersion.current,
        subcommands: [
            GenerateCommand.self, ChatCommand.self, ScoreCommand.self, TokenizeCommand.self, InspectCommand.self,
            PullCommand.self, DoctorCommand.self, BenchCommand.self,
        ])
}
