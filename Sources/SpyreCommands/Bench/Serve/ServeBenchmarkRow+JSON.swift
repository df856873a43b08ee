import Foundation
import SpyreBenchmark
import SpyreServeBenchmark

extension ServeBenchmarkRow {
    /// One object with the names of vLLM's result file, and some more. A figure that does not exist is null.
    var json: JSONValue {
        var fields = settings.merging(totals) { $1 }
        for (key, _, values) in latencies { add(values, as: key, to: &fields) }
        add(summary.slotWait, as: "slot_wait", to: &fields)
        if figures.detailed { fields.merge(details) { $1 } }
        return .object(fields)
    }

    private var settings: [String: JSONValue] {
        let rate = load.requestRate.perSecond
        return [
            "kind": .string("serve"), "date": .string(ISO8601DateFormatter().string(from: date)),
            "spyre_version": .string(SpyreVersion.current),
            "backend": .string(endpoint.backendName), "base_url": .string(address.base),
            "endpoint": .string(endpoint.path), "model_id": .string(model),
            "num_prompts": .integer(requests ?? run.outcomes.count + run.unsent),
            "request_rate": rate.map { .number($0) } ?? .string("inf"), "burstiness": .number(load.burstiness),
            "arrival": rate == nil ? .null : .string(load.arrival.rawValue),
            "max_concurrency": load.maxConcurrency.map { .integer($0) } ?? .null,
            "duration_limit": load.duration.map { .number($0) } ?? .null, "timeout": .number(load.timeout),
            "warmups": .integer(load.warmups), "seed": .integer(Int(truncatingIfNeeded: work.seed)),
            "random_input_len": work.promptsFile == nil ? .string(work.randomInputLen.description) : .null,
            "random_output_len": .string(work.randomOutputLen.description),
            "ignore_eos": .bool(work.ignoreEos), "temperature": .number(work.temperature),
        ]
    }

    private var totals: [String: JSONValue] {
        var failures: [String: JSONValue] = [:]
        var errors: [JSONValue] = []
        for failure in summary.failures {
            failures[failure.kind.name] = .integer(failure.count)
            errors.append(.string("\(failure.kind.name): \(OneLine.text(failure.example))"))
        }
        return [
            "duration": figure(summary.duration), "completed": .integer(summary.completed),
            "failed": .integer(summary.failed), "unsent": .integer(summary.unsent), "failures": .object(failures),
            "error_examples": .array(errors),
            "total_input_tokens": .integer(summary.inputTokens), "total_output_tokens": .integer(summary.outputTokens),
            "request_throughput": figure(summary.requestThroughput),
            "request_goodput": summary.goodput.map { figure($0) } ?? .null,
            "good_completed": summary.good.map { .integer($0) } ?? .null, "goodput_slo_ms": serviceLevel,
            "output_throughput": figure(summary.outputThroughput),
            "total_token_throughput": figure(summary.totalTokenThroughput),
            "max_output_tokens_per_s": .integer(summary.peakChunksPerSecond),
            "max_concurrent_requests": .integer(summary.peakConcurrency),
            "output_chunks": .integer(run.chunks),
            "replies_without_usage": .integer(summary.repliesWithoutUsage),
            "max_arrival_lag_ms": figure(summary.arrivalLag.maximum),
            "client_cpu_seconds": figure(run.clientProcessorSeconds),
            "client_cpu_us_per_chunk": clientMicrosecondsPerChunk.map { figure($0) } ?? .null,
        ]
    }

    private var serviceLevel: JSONValue {
        guard let level = figures.goodput else { return .null }
        let limits = [("ttft", level.timeToFirstToken), ("tpot", level.timePerOutputToken), ("e2el", level.endToEnd)]
        return .object(
            limits.reduce(into: [:]) { fields, limit in fields[limit.0] = limit.1.map { .number($0) } })
    }

    private func add(_ values: Distribution, as key: String, to fields: inout [String: JSONValue]) {
        fields["mean_\(key)_ms"] = figure(values.mean)
        fields["median_\(key)_ms"] = figure(values.median)
        fields["std_\(key)_ms"] = figure(values.standardDeviation)
        for percentile in figures.percentiles.values {
            fields["\(PercentileList.name(percentile))_\(key)_ms"] = figure(values.percentile(percentile))
        }
    }

    /// Per request, in their order; seconds, as vLLM has them. Of a request that failed, times are 0 and its error says
    /// why.
    private var details: [String: JSONValue] {
        let outcomes = run.outcomes.sorted { $0.index < $1.index }
        func list(_ value: (RequestOutcome) -> JSONValue) -> JSONValue { .array(outcomes.map(value)) }
        return [
            "input_lens": list { .integer($0.timings?.promptTokens ?? 0) },
            "output_lens": list { .integer($0.timings?.outputTokens ?? 0) },
            "ttfts": list { figure($0.timings?.timeToFirstToken ?? 0) },
            "itls": list { .array(($0.timings?.gaps ?? []).map { figure(Double($0)) }) },
            "e2els": list { figure($0.timings?.endToEnd ?? 0) },
            "start_times": list { figure($0.sent) },
            "slot_waits": list { figure($0.sent - $0.arrived) },
            "errors": list { .string($0.failure.map { "\($0.kind.name): \(OneLine.text($0.reason))" } ?? "") },
        ]
    }

    private func figure(_ value: Double) -> JSONValue { .number(Rounding.significant(value, 6)) }
}
