import Foundation
import SpyreTokenizer
import Testing

/// Templates are hostile input: whatever they do ends in a typed error, soon, and on a small stack.
@Suite struct ChatTemplateLimitTests {
    private func outcome(
        _ source: String, _ variables: [String: TemplateValue] = [:], limits: ChatTemplateLimits = ChatTemplateLimits()
    ) -> Result<String, ChatTemplateError> {
        Result { () throws(ChatTemplateError) in
            try ChatTemplate(source: source, limits: limits).render(variables: variables)
        }
    }

    private func limit(_ result: Result<String, ChatTemplateError>) -> ChatTemplateLimit? {
        guard case .failure(.limitExceeded(_, let limit, _)) = result else { return nil }
        return limit
    }

    #if DEBUG
        private static let stackSize = 2 << 20
    #else
        private static let stackSize = 512 << 10
    #endif

    /// Runs on a thread with 512 KiB of stack, the smallest that platforms give to secondary threads; frames of
    /// unoptimised code are several times larger.
    private func onSmallStack<T: Sendable>(_ body: @escaping @Sendable () -> T) -> T? {
        let box = Box<T>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            box.value = body()
            done.signal()
        }
        thread.stackSize = Self.stackSize
        thread.start()
        done.wait()
        return box.value
    }

    static let deepSources: [(name: String, source: String)] = {
        func nest(_ open: String, _ middle: String, _ close: String, _ count: Int = 4_000) -> String {
            String(repeating: open, count: count) + middle + String(repeating: close, count: count)
        }
        return [
            ("parentheses", "{{ " + nest("(", "1", ")") + " }}"),
            ("lists", "{{ " + nest("[", "1", "]") + " }}"),
            ("mappings", "{{ " + nest("{'a': ", "1", "}") + " }}"),
            ("not", "{{ " + nest("not ", "1", "") + " }}"),
            ("minus", "{{ " + nest("-", "1", "") + " }}"),
            ("subscripts", "{{ " + nest("a[", "1", "]") + " }}"),
            ("attributes", "{{ a" + nest(".b", "", "") + " }}"),
            ("filters", "{{ 'a'" + nest("|trim", "", "") + " }}"),
            ("tests", "{{ 'a'" + nest("|trim is defined", "", "") + " }}"),
            ("calls", "{{ f" + nest("()", "", "") + " }}"),
            ("arguments", "{{ " + nest("f(", "", ")") + " }}"),
            ("conditionals", "{{ " + nest("1 if a else ", "2", "") + " }}"),
            ("chained conditionals", "{{ 1" + nest(" if 1", "", "") + " }}"),
            ("targets", "{% for " + nest("(", "a", ")") + " in b %}{% endfor %}"),
            ("if", nest("{% if 1 %}", "", "{% endif %}", 10_000)),
            ("else if", nest("{% if 0 %}{% else %}", "", "{% endif %}", 4_000)),
            ("for", nest("{% for a in b %}", "", "{% endfor %}")),
            ("macro", nest("{% macro f() %}", "", "{% endmacro %}")),
            ("set", nest("{% set a %}", "", "{% endset %}")),
        ]
    }()

    @Test(arguments: deepSources.indices)
    func deepSyntaxIsRefused(_ index: Int) {
        let source = Self.deepSources[index].source
        var limits = ChatTemplateLimits()
        limits.sourceBytes = 4 << 20
        let result = onSmallStack { [limits] in
            self.limit(self.outcome(source, limits: limits))
        }
        #expect(result == .nesting, "\(Self.deepSources[index].name)")
    }

    @Test func deepestAcceptedSyntaxFitsTheStack() {
        func nest(_ open: String, _ middle: String, _ close: String, _ count: Int) -> String {
            String(repeating: open, count: count) + middle + String(repeating: close, count: count)
        }
        let sources = [
            "{{ " + nest("(", "1", ")", 45) + " }}", "{{ " + nest("[", "1", "]", 45) + " }}",
            "{{ " + nest("-", "1", "", 90) + " }}", "{{ " + nest("f(1 + 2 * [", "1", "])", 12) + " }}",
            nest("{% if true %}", "a", "{% endif %}", 90), nest("{% for a in [1] %}", "a", "{% endfor %}", 70),
            "{{ 'a'" + nest("|trim", "", "", 90) + " }}", nest("{% set a %}", "a", "{% endset %}", 70),
        ]
        for source in sources {
            let result = onSmallStack { self.outcome(source) }
            #expect(
                result != nil && result.flatMap { self.limit($0) } == nil,
                "\(source.prefix(40)) \(String(describing: result))")
        }
    }

    static let deepEvaluations = [
        "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(n) %}{% for i in [1] %}{% if i %}{{ [1 + (f(n)|length)] }}{% endif %}"
            + "{% endfor %}{% endmacro %}{{ f(1) }}",
        "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ g() }}",
        "{% macro f(a=f()) %}{% endmacro %}{{ f() }}",
        "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}",
    ]

    @Test(arguments: deepEvaluations)
    func deepRecursionIsRefused(_ source: String) {
        #expect(onSmallStack { self.limit(self.outcome(source)) } == .nesting)
    }

    static let endlessWork = [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='ab' * 1000000) %}{% for a in range(100000) %}{% set y = ns.x ~ a %}{% endfor %}",
        "{% set x = range(100000)|list %}{% for a in range(1000) %}{% set y = x + x %}{% endfor %}",
        "{% set x = 'a' * 1000000 %}{% for a in range(100000) %}{{ 'b' in x or '' }}{% endfor %}",
        "{% for a in range(100000) %}{% set y = ('a' * 10000)|upper|lower|trim %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for a in range(90) %}{% set ns.x = [ns.x, ns.x] %}"
            + "{% endfor %}{{ ns.x == ns.x[:] }}{{ ns.x|tojson|length }}",
        "{% set x = range(100000)|list %}{% for i in range(1000) %}{% set y = x|sort %}{% endfor %}",
        "{% for a in range(100000) %}{{ range(100000)|sum or '' }}{% endfor %}",
        "{{ [1] * 99999999 }}",
        "{{ range(100000)|map('string')|map('upper')|map('lower')|map('trim')|map('title'"
            + ")|map('upper')|map('lower')|map('trim')|join }}"
            + "{% for i in range(100000) %}{{ i }}{{ i }}{{ i }}{{ i }}{{ i }}{% endfor %}",
    ]

    @Test(arguments: endlessWork)
    func workIsBounded(_ source: String) {
        var limits = ChatTemplateLimits()
        limits.steps = 110_000
        #expect(limit(outcome(source, limits: limits)) == .steps)
    }

    @Test func defaultBudgetIsAMillionSteps() {
        let source = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
        #expect(
            outcome(source) == .failure(.limitExceeded(line: 1, limit: .steps, maximum: 1_000_000)))
    }

    static let hugeTexts = [
        "{{ 'a' * 99999999999 }}", "{{ 'ab' * 9223372036854775807 }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set x = 'a' * 10000000 %}{{ x }}{{ x }}", "{{ ('a' * 10000)|replace('a', 'b' * 10000) }}",
        "{{ [1, [2, [3]]]|tojson(indent=9000000) }}", "{{ 'a\\nb'|indent(99999999999) }}",
        "{{ '1'.zfill(99999999999) }}",
        "{{ range(10000)|join('a' * 10000) }}", "{{ ('a' * 10000).replace('', 'b' * 10000) }}",
        "{{ ['a' * 9000000, 'b' * 9000000] }}",
        "{% filter upper %}{% for i in range(9) %}{{ 'a' * 4000000 }}{% endfor %}{% endfilter %}",
    ]

    @Test(arguments: hugeTexts)
    func textIsBounded(_ source: String) {
        var limits = ChatTemplateLimits()
        limits.outputBytes = 1 << 20
        #expect(limit(outcome(source, limits: limits)) == .outputSize)
    }

    @Test(arguments: [
        "{% set ns = namespace(x=1) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}",
        "{% set ns = namespace(x=1) %}{% for i in range(100000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x]|map('list') %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(100000) %}{% set ns.x = [ns.x.index] %}{% endfor %}",
        "{% set ns = namespace(x=1) %}{% for i in range(100000) %}{% for j in [ns.x] %}"
            + "{% set ns.x = loop %}{% endfor %}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}",
    ])
    func valuesStayShallow(_ source: String) {
        #expect(onSmallStack { self.limit(self.outcome(source)) } == .valueDepth)
    }

    @Test func longChainsOfOwnersAreFreed() {
        let sources = [
            "{% set ns = namespace() %}{% for i in range(50000) %}{% set ns.x = namespace(x=ns.x) %}{% endfor %}ok",
            "{% set ns = namespace() %}{% for i in range(50000) %}{% set p = ns.m %}"
                + "{% macro m() %}{{ p }}{% endmacro %}"
                + "{% set ns.m = m %}{% endfor %}ok",
        ]
        for source in sources { #expect(onSmallStack { try? self.outcome(source).get() } == .some("ok")) }
    }

    @Test func rangesAreBounded() {
        #expect(limit(outcome("{{ range(100001) }}")) == .rangeLength)
        #expect(limit(outcome("{{ range(-9223372036854775807, 9223372036854775807) }}")) == .rangeLength)
        #expect((try? outcome("{{ range(9223372036854775806, 9223372036854775807, 5)|length }}").get()) == "1")
        #expect((try? outcome("{{ range(5, -9223372036854775807, -9223372036854775807)|length }}").get()) == "2")
    }

    @Test func integersDoNotOverflow() {
        let largest = "9223372036854775807"
        for source in [
            "{{ \(largest) + 1 }}", "{{ -\(largest) - 2 }}", "{{ \(largest) * 2 }}", "{{ 2 ** 63 }}",
            "{{ (-\(largest) - 1) // -1 }}", "{{ -(-\(largest) - 1) }}", "{{ (-\(largest) - 1)|abs }}",
            "{{ '99999999999999999999'|int }}", "{{ 1e300|int }}", "{{ 99999999999999999999 }}",
            "{{ 3 ** \(largest) }}",
        ] {
            guard case .failure = outcome(source) else {
                Issue.record("\(source) did not fail")
                continue
            }
        }
        #expect((try? outcome("{{ (-\(largest) - 1) % -1 }}").get()) == "0")
        #expect(
            (try? outcome("{{ 'abc'[\(largest):] }}{{ 'abc'[::\(largest)] }}{{ 'abc'[-\(largest) - 1] }}").get()) == "a"
        )
        #expect((try? outcome("{{ [1, 2][:-\(largest) - 1] }}{{ [1][-\(largest) - 1] }}").get()) == "[]")
    }

    /// Sources that are long rather than deep are parsed in linear time.
    @Test func longSourcesAreFine() {
        let names = (0..<4_000).map { "n\($0)" }.joined(separator: " ~ ")
        let sources = [
            "{{ \(names) }}", "{{ 1\(String(repeating: " + 1", count: 4_000)) - 4001 or '' }}",
            "{% if 0 %}" + String(repeating: "{% elif 0 %}", count: 4_000) + "{% endif %}",
            String(repeating: "{% macro f() %}{% endmacro %}", count: 2_000),
        ]
        for source in sources { #expect((try? outcome(source).get()) == "") }
    }

    @Test func argumentsAreCounted() {
        let arguments = (0..<300).map { "a\($0)=1" }.joined(separator: ",")
        var mapping = TemplateMapping()
        for index in 0..<300 { mapping["k\(index)"] = 1 }
        for source in [
            "{{ f(\(arguments)) }}", "{% macro f(\(arguments)) %}{% endmacro %}",
            "{% macro f() %}{{ kwargs }}{% endmacro %}{{ f(**d) }}",
        ] {
            guard case .failure(.unsupported) = outcome(source, ["d": .mapping(mapping)]) else {
                Issue.record("\(source.prefix(30)) was accepted")
                continue
            }
        }
    }

    @Test func largeSourceIsRefused() {
        #expect(limit(outcome(String(repeating: "a", count: (1 << 20) + 1))) == .sourceSize)
    }

    @Test func deepArgumentsAreRefused() {
        var value = TemplateValue.int(1)
        for _ in 0..<150 { value = .list([value]) }
        #expect(limit(outcome("{{ x }}", ["x": value])) == .valueDepth)
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: ChatTemplateError.self) { try TemplateValue(json: text) }
    }

    @Test func longConversationsFitTheBudget() throws {
        let corpus = try ChatTemplateCorpus(named: "conversations.jsonl")
        let messages = (0..<600).map { ChatMessage(role: $0 % 2 == 0 ? "user" : "assistant", content: "Some text.\n") }
        for entry in try corpus.mapping("templates") {
            let template = try ChatTemplateCorpus.template(try corpus.mapping("templates").string(entry.key))
            let text = try template.render(messages: messages, bosToken: "<s>", eosToken: "</s>")
            #expect(text.utf8.count > 600 * 10, "\(entry.key)")
        }
    }

    /// Cuts and edits at every position of the templates may fail, but only with an error.
    @Test func damagedTemplatesFailCleanly() throws {
        let corpus = try ChatTemplateCorpus(named: "conversations.jsonl")
        var outcomes = (parsed: 0, refused: 0)
        for entry in try corpus.mapping("templates") {
            let scalars = Array(try corpus.mapping("templates").string(entry.key).unicodeScalars)
            for cut in stride(from: 0, to: scalars.count, by: 31) {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: cut % 2 == 0 ? scalars[..<cut] : scalars[..<cut] + scalars[(cut + 1)...])
                switch outcome(String(text), ["messages": [["role": "user", "content": "x"]]]) {
                case .success: outcomes.parsed += 1
                case .failure: outcomes.refused += 1
                }
            }
        }
        #expect(outcomes.refused > 30)
        #expect(outcomes.parsed > 30)
    }
}

/// A result handed from one thread to another, across a semaphore.
private final class Box<T>: @unchecked Sendable {
    var value: T?
}
