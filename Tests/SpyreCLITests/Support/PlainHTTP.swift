import Foundation

/// One request over a socket, in plain bytes: what a server says to a client that knows nothing of it.
enum PlainHTTP {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Connects to a port of this machine.
    static func connect(port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(description: "cannot connect to port \(port): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    static func send(_ method: String, _ path: String, body: String = "", to descriptor: Int32) {
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        _ = text.withCString { write(descriptor, $0, text.utf8.count) }
    }

    /// Everything up to the end of the connection, or up to `mark`.
    static func read(_ descriptor: Int32, until mark: String? = nil) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
            if let mark, String(decoding: bytes, as: UTF8.self).contains(mark) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The status and all that follows the headers.
    static func request(
        _ method: String, _ path: String, body: String = "", port: UInt16
    ) throws -> (status: Int, body: String) {
        let descriptor = try connect(port: port)
        defer { close(descriptor) }
        send(method, path, body: body, to: descriptor)
        let answer = read(descriptor)
        guard let end = answer.range(of: "\r\n\r\n"), let status = Int(answer.dropFirst(9).prefix(3)) else {
            throw Failure(description: "no answer: \(answer)")
        }
        return (status, String(answer[end.upperBound...]))
    }
}
