/// What a line typed at the prompt of `spyre chat` means.
enum ChatInput: Equatable {
    case question(String)
    case reset, help, exit
    case nothing
    /// A command that there is none of.
    case unknown(String)

    init(_ line: String) {
        let text = line.trimmed
        guard text.hasPrefix("/") else {
            self = text.isEmpty ? .nothing : .question(text)
            return
        }
        switch text {
        case "/reset": self = .reset
        case "/help": self = .help
        case "/exit", "/quit": self = .exit
        default: self = .unknown(text)
        }
    }

    static let commands = """
        /reset  forget the conversation
        /exit   leave; Ctrl-D too
        /help   this text
        Ctrl-C stops an answer; pressed again at the prompt it leaves.
        """
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}
