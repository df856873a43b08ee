import HTTPTypes
import Hummingbird

/// The id of an answer: that of the request's `X-Request-Id` where it is a plain word, otherwise a random one.
enum RequestIdentity {
    static func make(_ prefix: String, for request: Request) -> String {
        if let name = HTTPField.Name("X-Request-Id"), let given = request.headers[name], isPlain(given) {
            return prefix + given
        }
        var digits = ""
        for _ in 0..<2 {
            let part = String(UInt64.random(in: .min ... .max), radix: 16)
            digits += String(repeating: "0", count: 16 - part.count) + part
        }
        return prefix + digits
    }

    private static func isPlain(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x5F || byte == 0x2E
            }
    }
}
