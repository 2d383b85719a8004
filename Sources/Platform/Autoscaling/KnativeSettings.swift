/// The figures of Knative's autoscaler that are not bounds of the service; the defaults are Knative's own.
package struct KnativeSettings: Sendable, Equatable {
    package var tick = Duration.seconds(2)
    /// Seconds over which the stable average is taken.
    package var stableWindow = 60
    /// The panic window as a share of the stable one.
    package var panicWindowShare = 0.1
    /// Panic begins when the panic window asks for this many times the ready instances.
    package var panicThreshold = 2.0
    package var maximumScaleUpRate = 1000.0
    package var maximumScaleDownRate = 2.0
    /// Requests of a burst that must fit without the activator; 0: the activator leaves at once, -1: never.
    package var targetBurstCapacity = 211.0
    package var scaleToZeroGracePeriod = Duration.seconds(30)
    /// The share of an instance's total capacity that is its target. Knative derives the target from the total;
    /// a service of Pronk states the target, so the total is target / 0.7.
    package var targetUtilization = 0.7
    /// Instances from the service's creation until they were reached once. Knative's default is 1; a service of Pronk
    /// costs nothing before its first message.
    package var initialScale = 0
    /// Instances to go to, at least, when there is any load.
    package var activationScale = 1
    /// A service that gets no traffic any more may shrink at any rate.
    package var isReachable = true

    package init() {}

    var panicWindow: Int { max(1, Int((Double(stableWindow) * panicWindowShare).rounded())) }
}
