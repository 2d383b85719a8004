/// What one has to know of a packed model to plan its instances.
package struct NativeModel: Sendable, Equatable {
    /// Bytes of the image, which instances share.
    package var imageBytes: Int
    package var kvBytesPerToken: Int
    /// The same for every value of `--kv-type`.
    package var kvBytesPerTokenByType: [String: Int]
    /// Tokens.
    package var contextLength: Int
    /// What `--rope-scaling` stretches: less than `contextLength` where the checkpoint states that stretched already.
    package var originalContextLength: Int
    /// What `--context` may ask for: more than `contextLength` where the checkpoint can be stretched.
    package var largestContextLength: Int

    /// - Parameters:
    ///   - originalContextLength: nil: `contextLength`.
    ///   - largestContextLength: nil: `contextLength`.
    package init(
        imageBytes: Int, kvBytesPerToken: Int, kvBytesPerTokenByType: [String: Int] = [:], contextLength: Int,
        originalContextLength: Int? = nil, largestContextLength: Int? = nil
    ) {
        self.imageBytes = imageBytes
        self.kvBytesPerToken = kvBytesPerToken
        self.kvBytesPerTokenByType = kvBytesPerTokenByType
        self.contextLength = contextLength
        self.originalContextLength = originalContextLength ?? contextLength
        self.largestContextLength = largestContextLength ?? contextLength
    }

    /// The model as an instance has it that is started with these arguments: `--context` makes its context shorter, or
    /// as long as `--rope-scaling` stretches it, and `--kv-type` decides what a token takes. The last of each counts.
    func limited(by arguments: [String]) -> NativeModel {
        var limited = self
        if let type = Self.value(of: "--kv-type", in: arguments), let bytes = kvBytesPerTokenByType[String(type)] {
            limited.kvBytesPerToken = bytes
        }
        if let scaling = Self.value(of: "--rope-scaling", in: arguments) {
            // A kind and a factor, as in yarn:2, or none; what is neither, the engine refuses.
            let factor = scaling.split(separator: ":").dropFirst().first.flatMap { Double($0) } ?? 1
            let stretched = min(Double(originalContextLength) * max(1, factor), Double(Limits.context))
            limited.largestContextLength = stretched.isFinite ? Int(stretched) : originalContextLength
        }
        let tokens = Self.value(of: "--context", in: arguments).flatMap { Int($0) } ?? contextLength
        limited.contextLength = min(limited.largestContextLength, tokens > 0 ? tokens : contextLength)
        return limited
    }

    /// The value of the last option `name`, written behind it or after an equals sign.
    private static func value(of name: String, in arguments: [String]) -> Substring? {
        var result: Substring?
        for (place, argument) in arguments.enumerated() {
            if argument == name {
                result = arguments[(place + 1)...].first.map { $0[...] }
            } else if argument.hasPrefix(name + "=") {
                result = argument.dropFirst(name.count + 1)
            }
        }
        return result
    }

    /// Keys and values that an instance is given when nobody says how much memory it may have: as many full contexts
    /// as requests are meant to share it, within a part of the machine.
    func defaultKVBytes(target: Double, machineBytes: Int) -> Int {
        let context = kvBytesPerToken * contextLength
        let wanted = context * max(1, Int(target.rounded(.up)))
        return max(context, min(wanted, machineBytes / Limits.kvShareOfMachine))
    }
}
