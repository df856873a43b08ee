import ArgumentParser
import SpyreEngine

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
              spyre serve                            serve the model over HTTP
              spyre doctor                           what is here and what is missing

            MODELS
            --model takes a Hugging Face style directory (config.json, *.safetensors, tokenizer.json), a .gguf file or \
            a known name. Without it the model is \(ModelStore.defaultModel).

            OUTPUT
            With --json standard output has one JSON object per line and nothing else. Warnings and errors go to \
            standard error, and on a terminal progress. SPYRE_LOG_LEVEL=info shows progress elsewhere too, debug more.
            """,
        version: SpyreVersion.current,
        subcommands: [
            GenerateCommand.self, ChatCommand.self, ServeCommand.self, ScoreCommand.self, TokenizeCommand.self,
            InspectCommand.self,
            PullCommand.self, DoctorCommand.self, BenchCommand.self, SimulateCommand.self,
        ])
}
