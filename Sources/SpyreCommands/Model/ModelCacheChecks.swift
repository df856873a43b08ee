import SpyreEngine

/// What `spyre doctor` says about the folder that models are fetched into.
enum ModelCacheChecks {
    static func checks(store: ModelStore = ModelStore()) -> [HostCheck] {
        [folder(store)] + ModelStore.knownModels.map { model($0, store) }
    }

    private static func folder(_ store: ModelStore) -> HostCheck {
        let path = OneLine.text(store.root)
        // A cache that has everything is only read.
        let isFull = ModelStore.knownModels.allSatisfy(store.isCached)
        if !isFull, let obstacle = store.obstacle {
            return .missing(
                "cache", "\(path) cannot be written: \(OneLine.text(obstacle))",
                advice: "make it a folder that you may write in, or set SPYRE_CACHE to another one")
        }
        guard let room = FreeSpace.bytes(at: store.root) else { return .ok("cache", path) }
        let needed = ModelStore.knownModels.filter { !store.isCached($0) }.map(\.pullBytes).max() ?? 0
        let value = "\(path), \(Decimals.bytes(room)) free"
        guard room >= needed else {
            return .missing(
                "cache", value, advice: "free \(Decimals.bytes(needed)) or set SPYRE_CACHE to another folder")
        }
        return .ok("cache", value)
    }

    private static func model(_ model: KnownModel, _ store: ModelStore) -> HostCheck {
        if store.isCached(model) { return .ok("model", "\(model.name), \(OneLine.text(store.path(of: model)))") }
        return .missing("model", "\(model.name) is not in the cache", advice: "spyre pull \(model.name)")
    }
}
