import Glibc
import NIOCore
import NIOPosix

/// The descriptor by which this server's life hangs on its owner: when the owner dies, the other end closes.
struct Lease: Sendable {
    let descriptor: Int32

    /// Returns when the lease has closed, or when the task is cancelled.
    ///
    /// Whatever the owner writes is read and dropped. The descriptor is not closed.
    func waitUntilClosed(_ group: any EventLoopGroup) async {
        // Files and /dev/null cannot be waited for; they are as closed as they will ever be.
        while isReadable { if Self.isClosed(descriptor) { return } }
        let copy = dup(descriptor)
        do {
            let channel = try await NIOPipeBootstrap(group: group).takingOwnershipOfDescriptor(input: copy).get()
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            // What cannot be watched may be closed already.
            close(copy)
        }
    }

    private var isReadable: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) > 0
    }

    /// Called when there is something to read, which the end of the file is, too.
    private static func isClosed(_ descriptor: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
        }
    }
}
