import EngineServer
import TestSupport

extension RawConnection {
    convenience init(_ address: ListenAddress, receiveBuffer: Int32? = nil) throws {
        guard case .tcp(_, let port) = address else { throw Failure() }
        try self.init(port: port, receiveBuffer: receiveBuffer)
    }
}
