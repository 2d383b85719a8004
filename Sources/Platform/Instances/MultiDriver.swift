package import Control

/// Runs each instance by the driver that its program needs.
package struct MultiDriver: InstanceDriver {
    private let processes: any InstanceDriver
    private let remotes: any InstanceDriver

    package init(
        processes: any InstanceDriver = ProcessDriver(), remotes: any InstanceDriver = RemoteDriver()
    ) {
        self.processes = processes
        self.remotes = remotes
    }

    package func launch(
        _ specification: InstanceSpecification, report: @escaping @Sendable (InstanceEvent) -> Void
    ) -> any RunningInstance {
        switch specification.program {
        case .native, .command: processes.launch(specification, report: report)
        case .remote: remotes.launch(specification, report: report)
        }
    }
}
