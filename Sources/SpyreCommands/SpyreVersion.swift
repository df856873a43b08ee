/// The version that `spyre --version` prints, the newest heading of CHANGELOG.md.
enum SpyreVersion {
    static let current = "0.1.0"
}
