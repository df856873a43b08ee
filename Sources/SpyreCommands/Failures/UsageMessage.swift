import ArgumentParser

/// The line for a wrong command line: what the argument parser found, and where to read more.
struct UsageMessage {
    let text: String

    init(_ parserMessage: String, arguments: [String]) {
        var message = OneLine.text(parserMessage)
        let path = Self.commandPath(arguments)
        if path.isEmpty, let word = Self.firstWord(arguments), message.hasPrefix("Unexpected argument") {
            let names = Self.children(of: SpyreCommand.self).map { $0._commandName }
            text = "unknown command \(OneLine.quoted(word)); the commands are \(names.joined(separator: ", "))"
            return
        }
        if message.hasSuffix(".") { message.removeLast() }
        let help = (["spyre"] + path + ["--help"]).joined(separator: " ")
        text = Self.lowercasedStart(message) + "; see '\(help)'"
    }

    /// The commands that the arguments begin with: `["bench", "latency"]`.
    static func commandPath(_ arguments: [String]) -> [String] {
        var path: [String] = []
        var commands = children(of: SpyreCommand.self)
        for argument in arguments {
            guard let command = commands.first(where: { $0._commandName == argument }) else { break }
            path.append(argument)
            commands = children(of: command)
        }
        return path
    }

    private static func children(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        command.configuration.subcommands
    }

    private static func firstWord(_ arguments: [String]) -> String? {
        arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
    }

    private static func lowercasedStart(_ text: String) -> String {
        text.prefix(1).lowercased() + text.dropFirst()
    }
}
