/// The metrics of the platform: services, instances, queues, tokens.
package enum PlatformMetricFamilies {
    package typealias Family = PrometheusText.Family

    package static let instances = Family("pronk_instances", .gauge, "Instances by service and state.")
    package static let desired = Family("pronk_instances_desired", .gauge, "Instances that the autoscaler wants.")
    package static let queued = Family("pronk_queued_requests", .gauge, "Requests that wait for an instance.")
    package static let inFlight = Family("pronk_requests_in_flight", .gauge, "Requests that an instance works on.")
    package static let requests = Family("pronk_requests_total", .counter, "Requests that were accepted.")
    package static let refused = Family("pronk_requests_refused_total", .counter, "Requests refused, by code.")
    package static let retries = Family(
        "pronk_request_retries_total", .counter, "Requests that went on on another instance.")
    package static let launches = Family("pronk_instance_launches_total", .counter, "Instances that were launched.")
    package static let failedStarts = Family(
        "pronk_instance_failed_starts_total", .counter, "Instances that ended before they were ready.")
    package static let crashes = Family(
        "pronk_instance_crashes_total", .counter, "Instances that ended unasked after they were ready.")
    package static let tokens = Family("pronk_tokens_total", .counter, "Tokens by kind.")
    package static let coldStart = Family(
        "pronk_cold_start_seconds", .histogram, "From an instance's launch to its readiness.")
    package static let queueTime = Family(
        "pronk_queue_seconds", .histogram, "Time in the queue, of requests that had to wait.")
    package static let memory = Family("pronk_instance_memory_bytes", .gauge, "Memory of each instance's processes.")
    package static let machineCores = Family("pronk_machine_cores", .gauge, "Cores, and those promised to instances.")
    package static let machineMemory = Family(
        "pronk_machine_memory_bytes", .gauge, "Memory, and what is promised to instances.")
}
