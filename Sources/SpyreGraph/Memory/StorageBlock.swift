/// Memory of one owner and the nodes between which it is alive.
struct StorageBlock {
    let owner: Value
    let byteCount: Int
    /// Elements from one row to the next.
    let stride: Int
    /// Index of the node that writes it first.
    let firstUse: Int
    /// Index of the last node that reads or writes it.
    let lastUse: Int
    var offset = 0

    func isAlive(with other: StorageBlock) -> Bool {
        firstUse <= other.lastUse && other.firstUse <= lastUse
    }
}
