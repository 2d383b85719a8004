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

    /// The model as an instance has it that is started with these arguments: `--context` makes its context shorter, and
    /// the last one counts.
    func limited(by arguments: [String]) -> NativeModel {
        let name = "--context"
        var limited = self
        for (place, argument) in arguments.enumerated() {
            let value: Substring? =
                argument == name
                ? arguments[(place + 1)...].first.map { $0[...] }
                : argument.hasPrefix(name + "=") ? argument.dropFirst(name.count + 1) : nil
            if let tokens = value.flatMap({ Int($0) }), tokens > 0 {
                limited.contextLength = min(contextLength, tokens)
            }
        }
        return limited
    }

    /// Keys and values that an instance is given when nobody says how much memory it may have: as many full contexts
    /// as requests are meant to share it, within a part of the machine.
    func defaultKVBytes(target: Double, machineBytes: Int) -> Int {
        let context = kvBytesPerToken * contextLength
        let wanted = context * max(1, Int(target.rounded(.up)))
        return max(context, min(wanted, machineBytes / Limits.kvShareOfMachine))
    }
}
