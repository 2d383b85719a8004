/// How many requests there will be, if nothing is started or let go: a fluid that flows in at the rate of arrivals and
/// out as fast as the instances of each moment work.
struct QueueForecast {
    /// Requests waiting and running now.
    var requests: Double
    var arrivalsPerSecond: Double
    /// The work of the present requests over that of as many of the mean size.
    var relativeSize = 1.0
    var rates: ServiceRates
    /// Requests that one instance takes at a time.
    var concurrency: Double
    var ready: Double
    /// Seconds until each starting instance is ready.
    var readyIn: [Double]

    /// The requests in the system after `seconds`.
    func requests(after seconds: Double) -> Double {
        let steps = Limits.forecastSteps
        let step = seconds / Double(steps)
        guard step > 0, step.isFinite else { return requests }
        var present = requests
        for index in 0..<steps {
            let time = (Double(index) + 0.5) * step
            let instances = ready + Double(readyIn.count { $0 <= time })
            let served = instances > 0 ? min(present / instances, concurrency) : 0
            let rate = served > 0 ? served * instances / (rates.seconds(neighbours: served - 1) * relativeSize) : 0
            // Within a step no more can leave than there are and come.
            present = max(0, present + min(arrivalsPerSecond * step - rate * step, Limits.mostInstances))
        }
        return min(present, Limits.mostInstances)
    }
}
