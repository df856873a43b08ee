/// What only some policies count.
struct TraceCounters: Equatable {
    var preemptions: Int?
    var pauseEvents: Int?
    var resumeEvents: Int?
}
