import Foundation
import Testing

@testable import SpyreServeBenchmark

struct RequestTests {
    private func json(_ template: RequestTemplate, _ request: BenchmarkRequest) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(template.body(request)))
    }

    private let common: [String: JSONValue] = [
        "model": .string("m \"x\""), "stream": .bool(true),
        "stream_options": .object(["include_usage": .bool(true)]),
    ]

    @Test func completionOfTokens() throws {
        let template = RequestTemplate(
            endpoint: .completions, model: "m \"x\"", temperature: 0, ignoresEndOfSequence: true)
        let body = try json(template, BenchmarkRequest(prompt: .tokens([5, 1000, 7]), maxTokens: 16))
        let expected = common.merging([
            "temperature": .integer(0), "ignore_eos": .bool(true), "max_tokens": .integer(16),
            "prompt": .array([.integer(5), .integer(1000), .integer(7)]),
        ]) { $1 }
        #expect(body == .object(expected))
    }

    @Test func chatOfText() throws {
        let template = RequestTemplate(endpoint: .chat, model: "m \"x\"")
        let body = try json(template, BenchmarkRequest(prompt: .text("a \"b\"\n"), maxTokens: nil))
        let message = JSONValue.object(["role": .string("user"), "content": .string("a \"b\"\n")])
        #expect(body == .object(common.merging(["messages": .array([message])]) { $1 }))
    }

    @Test func aRequestsOwnFieldsGoFirst() throws {
        let template = RequestTemplate(endpoint: .completions, model: "m \"x\"", temperature: 0)
        let fields: [String: JSONValue] = ["temperature": .number(0.5), "top_p": .number(0.9), "stop": .null]
        let body = try json(template, BenchmarkRequest(prompt: .text("a"), maxTokens: 2, fields: fields))
        let rest: [String: JSONValue] = ["prompt": .string("a"), "max_tokens": .integer(2)]
        #expect(body == .object(common.merging(fields) { $1 }.merging(rest) { $1 }))
    }

    @Test func randomRequestsRepeatAndDiffer() {
        let source = RandomRequests(
            endpoint: .completions, inputLengths: 3...40, outputLengths: 1...9, ids: 100...105, seed: 8)
        let requests = (-20..<200).map { source.request($0) }
        #expect(requests == (-20..<200).map { source.request($0) })
        for request in requests {
            guard case .tokens(let ids) = request.prompt else {
                Issue.record("not token ids")
                continue
            }
            #expect((3...40).contains(ids.count) && ids.allSatisfy { (100...105).contains($0) })
            #expect((1...9).contains(request.maxTokens ?? 0))
        }
        #expect(Set(requests.compactMap(\.maxTokens)) == Set(1...9))
        #expect(Set(requests.compactMap(\.prompt.tokenCount)).count > 30)
        let other = RandomRequests(
            endpoint: .completions, inputLengths: 3...40, outputLengths: 1...9, ids: 100...105, seed: 9)
        #expect(requests != (-20..<200).map { other.request($0) })
    }

    @Test func randomChatsHaveWords() {
        let source = RandomRequests(endpoint: .chat, inputLengths: 12...12, outputLengths: 4...4, seed: 1)
        guard case .text(let text) = source.request(0).prompt else {
            Issue.record("not text")
            return
        }
        #expect(text.split(separator: " ").count == 12)
        #expect(source.request(0) != source.request(1))
    }

    @Test func listedRequestsStartOverAgain() throws {
        #expect(ListedRequests([]) == nil)
        let rows = ["a", "b", "c"].map { BenchmarkRequest(prompt: .text($0), maxTokens: 1) }
        let source = try #require(ListedRequests(rows))
        #expect([0, 1, 2, 3, -1, -3].map { source.request($0) } == [0, 1, 2, 0, 2, 0].map { rows[$0] })
    }

    @Test func addresses() {
        #expect(ServerAddress("http://127.0.0.1:8000")?.url("/v1/models") == "http://127.0.0.1:8000/v1/models")
        #expect(ServerAddress("https://example.com/api/v1/")?.base == "https://example.com/api")
        #expect(ServerAddress("http://host/")?.base == "http://host")
        for text in ["", "host:80", "ftp://host", "http://", "http://host?x=1", "http://a:b@host", "http://ho st"] {
            #expect(ServerAddress(text) == nil, "\(text)")
        }
    }
}
