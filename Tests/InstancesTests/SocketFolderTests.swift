import Control
import Glibc
import Instances
import TestSupport
import Testing

@Suite("Socket folder")
struct SocketFolderTests {
    @Test("is short, for its owner alone, and the same for the same data")
    func make() throws {
        let runtime = try TemporaryFolder()
        let data = try TemporaryFolder()
        chmod(runtime.path, 0o700)
        for environment in [["XDG_RUNTIME_DIR": runtime.path], [:], ["XDG_RUNTIME_DIR": "relative"]] {
            let folder = try SocketFolder.make(dataFolder: data.path, environment: environment)
            defer { rmdir(folder.path) }
            var status = stat()
            #expect(stat(folder.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            #expect(folder.path.utf8.count <= 66)
            #expect(try SocketFolder.make(dataFolder: data.path, environment: environment).path == folder.path)
            #expect(try SocketFolder.make(dataFolder: data.path + "x", environment: environment).path != folder.path)
            rmdir(try SocketFolder.make(dataFolder: data.path + "x", environment: environment).path)
        }
    }

    @Test("refuses a link, a file, and a folder of somebody else's in its place")
    func foreign() throws {
        let data = try TemporaryFolder()
        let path = try SocketFolder.make(dataFolder: data.path, environment: [:]).path
        defer {
            unlink(path)
            rmdir(path)
        }
        func refused() -> Bool {
            let error = #expect(throws: InstancesError.self) {
                try SocketFolder.make(dataFolder: data.path, environment: [:])
            }
            return error?.code == .unsafeFolder && error?.message.contains(path) == true
        }
        // Only root can give a folder away; others see the two cases below.
        if geteuid() == 0 {
            chown(path, 65_534, 65_534)
            #expect(refused())
        }
        rmdir(path)
        symlink(data.path, path)
        #expect(refused())
        unlink(path)
        _ = creat(path, 0o600)
        #expect(refused())
    }

    @Test("removes sockets on which nobody listens, and leaves the others and all other files")
    func stale() throws {
        let data = try TemporaryFolder()
        let folder = try SocketFolder.make(dataFolder: data.path, environment: [:])
        let live = listen(folder.path + "/live.sock"), stale = listen(folder.path + "/stale.sock")
        close(stale)
        _ = creat(folder.path + "/file.sock", 0o600)
        _ = try SocketFolder.make(dataFolder: data.path, environment: [:])
        #expect(access(folder.path + "/live.sock", F_OK) == 0)
        #expect(access(folder.path + "/stale.sock", F_OK) != 0)
        #expect(access(folder.path + "/file.sock", F_OK) == 0)
        close(live)
        for name in ["live.sock", "file.sock"] { unlink("\(folder.path)/\(name)") }
        rmdir(folder.path)
    }

    private func listen(_ path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        Glibc.listen(descriptor, 5)
        return descriptor
    }
}
