import Dispatch
import Synchronization

extension PackedImage {
    /// Packs a checkpoint to `path`: all cores work, the file appears complete or not at all.
    ///
    /// - Parameter progress: called on the calling thread with the fraction done, 0 ... 1.
    package static func pack(
        _ checkpoint: any Checkpoint, to path: String, progress: (Double) -> Void = { _ in }
    ) throws(CheckpointError) {
        let plan = try ImagePlan(checkpoint)
        // Digests have a fixed length, so the header's length is known before they are.
        var header = ImageHeader(plan, checkpoint)
        let headerBytes = try header.encoded().count
        let dataStart = ImagePreamble.dataStart(headerBytes: headerBytes)
        let fileBytes = dataStart + plan.dataBytes
        let output = try PartialFile(beside: path, byteCount: fileBytes)
        // Hashing the source takes about a fourth of the time that packing it takes.
        let hashShare = 0.2
        header.source.digest = checkpoint.digest { fraction in progress(hashShare * fraction) }
        header.sections = try writeSections(plan, output, dataStart: dataStart) { fraction in
            progress(hashShare + (1 - hashShare) * fraction)
        }
        header.digest = try header.contentDigest()
        let json = try header.encoded()
        let preamble = ImagePreamble(
            headerBytes: json.count, headerDigest: json.withUnsafeBytes { Digest.sha256($0) }, fileBytes: fileBytes,
            sourceTime: SourceStamp(checkpoint).time)
        precondition(json.count == headerBytes, "digests have a fixed length")
        try output.write(preamble.encoded() + json)
        try output.commit()
        progress(1)
    }

    /// Writes all sections and returns them with their digests.
    private static func writeSections(
        _ plan: ImagePlan, _ output: PartialFile, dataStart: Int, progress: (Double) -> Void
    ) throws(CheckpointError) -> [ImageSection] {
        try SliceWalk(plan.sections).digests(progress: progress) { (section, slice) throws(CheckpointError) in
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: slice.count, alignment: ImageSection.alignment)
            defer { buffer.deallocate() }
            plan.fill(section, slice: slice, buffer)
            let bytes = UnsafeRawBufferPointer(buffer)
            try output.write(bytes, at: dataStart + section.offset + slice.lowerBound)
            return Digest.sha256(bytes)
        }
    }

    /// Reads the whole content and compares it with the digests in the header.
    package func verify(progress: (Double) -> Void = { _ in }) throws(CheckpointError) {
        let found = try SliceWalk(header.sections).digests(progress: progress) { [self] section, slice in
            let start = section.offset + slice.lowerBound
            return Digest.sha256(UnsafeRawBufferPointer(rebasing: data[start..<start + slice.count]))
        }
        for (section, fresh) in zip(header.sections, found) where section.digest != fresh.digest {
            throw CheckpointError(
                .invalidImage, "\(path): the section \(quoted(section.name)) is damaged; add the model again")
        }
        guard try header.contentDigest() == digest else {
            throw CheckpointError(.invalidImage, "\(path): the digest in its header is wrong; add the model again")
        }
    }
}

/// Visits every slice of every section on all cores and combines the slices' digests into the sections'.
private struct SliceWalk {
    private let sections: [ImageSection]
    private let slices: [(section: Int, bytes: Range<Int>)]
    /// Slices between two reports of progress.
    private let batch = 16

    init(_ sections: [ImageSection]) {
        self.sections = sections
        slices = sections.enumerated().flatMap { index, section in section.slices.map { (index, $0) } }
    }

    /// - Parameter visit: called on any thread; returns the digest of the slice's bytes.
    func digests(
        progress: (Double) -> Void,
        visit: @Sendable (ImageSection, Range<Int>) throws(CheckpointError) -> [UInt8]
    ) throws(CheckpointError) -> [ImageSection] {
        let state = Mutex<(digests: [[UInt8]], failure: CheckpointError?)>(
            ([[UInt8]](repeating: [], count: slices.count), nil))
        for start in stride(from: 0, to: slices.count, by: batch) {
            DispatchQueue.concurrentPerform(iterations: min(batch, slices.count - start)) { index in
                let slice = slices[start + index]
                do throws(CheckpointError) {
                    let digest = try visit(sections[slice.section], slice.bytes)
                    state.withLock { $0.digests[start + index] = digest }
                } catch {
                    state.withLock { $0.failure = error }
                }
            }
            if let failure = state.withLock({ $0.failure }) { throw failure }
            progress(Double(start) / Double(slices.count))
        }
        let digests = state.withLock { $0.digests }
        var joined = [[UInt8]](repeating: [], count: sections.count)
        for (slice, digest) in zip(slices, digests) { joined[slice.section] += digest }
        return zip(sections, joined).map { section, digests in
            var section = section
            section.digest = Digest.of(digests)
            return section
        }
    }
}
