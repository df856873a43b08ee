/// The reader of standard output has gone. No error message: that is how `spyre … | head` ends.
struct BrokenPipe: Error, Equatable {}
