/// What one has to know of a packed model to plan its instances.
package struct NativeModel: Sendable, Equatable {
    /// Bytes of the image, which instances share.
    package var imageBytes: Int
    package var kvBytesPerToken: Int
    /// Tokens.
    package var contextLength: Int

    package init(imageBytes: Int, kvBytesPerToken: Int, contextLength: Int) {
        self.imageBytes = imageBytes
        self.kvBytesPerToken = kvBytesPerToken
        self.contextLength = contextLength
    }

    /// Keys and values that an instance is given when nobody says how much memory it may have: as many full contexts
    /// as requests are meant to share it, within a part of the machine.
    func defaultKVBytes(target: Double, machineBytes: Int) -> Int {
        let context = kvBytesPerToken * contextLength
        let wanted = context * max(1, Int(target.rounded(.up)))
        return max(context, min(wanted, machineBytes / Limits.kvShareOfMachine))
    }
}
