extension PackedImage {
    /// The order that the input `name` of `TensorPlan` must be brought into: place j gets element order[j]; nil: none.
    ///
    /// Checked here, not when the image is opened, because every element is an index into an activation.
    package func order(_ name: String, count: Int) throws(CheckpointError) -> UnsafeBufferPointer<Int32>? {
        guard let bytes = sectionBytes(name, .order) else { return nil }
        let order = bytes.assumingMemoryBound(to: Int32.self)
        guard order.count == count, order.allSatisfy({ (0..<Int32(count)).contains($0) }) else {
            throw CheckpointError(
                .invalidImage, "\(path): the order \(quoted(name)) is out of range; add the model again")
        }
        return order
    }
}
