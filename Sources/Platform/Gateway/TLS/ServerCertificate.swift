import Crypto
import Foundation
import NIOSSL
import X509

/// The certificate that the gateway shows, checked before it is used.
struct ServerCertificate {
    let context: NIOSSLContext
    /// Something to tell the owner about: it ends soon, or does not name a domain.
    let warnings: [String]

    static func load(_ options: GatewayOptions, now: Date = Date()) throws(GatewayError) -> ServerCertificate? {
        switch options.certificates {
        case nil: return nil
        case .files(let certificate, let key):
            return try load(certificate: certificate, key: key, domains: options.domains, now: now)
        case .selfSigned(let folder):
            let files = try SelfSignedCertificate.ensure(in: folder, domains: options.domains, now: now)
            return try load(certificate: files.certificate, key: files.key, domains: options.domains, now: now)
        }
    }

    private static func load(
        certificate path: String, key keyPath: String, domains: [String], now: Date
    ) throws(GatewayError) -> ServerCertificate {
        let chain = try attempt("The certificate file '\(path)' cannot be used") {
            try NIOSSLCertificate.fromPEMFile(path)
        }
        let leaf = try attempt("The certificate file '\(path)' cannot be read") {
            try Certificate(pemEncoded: String(contentsOfFile: path, encoding: .utf8))
        }
        let key = try attempt("The key file '\(keyPath)' cannot be read") {
            try Certificate.PrivateKey(pemEncoded: String(contentsOfFile: keyPath, encoding: .utf8))
        }
        try checkDates(leaf, path, now)
        guard key.publicKey == leaf.publicKey else {
            throw GatewayError(
                .invalidCertificate,
                "The key '\(keyPath)' does not belong to the certificate '\(path)': give the pair that was issued "
                    + "together.")
        }
        let context = try attempt("TLS cannot be set up with '\(path)' and '\(keyPath)'") {
            let privateKey = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            configuration.applicationProtocols = ["h2", "http/1.1"]
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        }
        return ServerCertificate(context: context, warnings: warnings(leaf, path, domains, now))
    }

    private static func checkDates(_ leaf: Certificate, _ path: String, _ now: Date) throws(GatewayError) {
        let from = leaf.notValidBefore
        let until = leaf.notValidAfter
        if now > until {
            throw GatewayError(
                .invalidCertificate,
                "The certificate '\(path)' ended on \(day(until)) (it began on \(day(from))): renew it.")
        }
        if now < from {
            throw GatewayError(
                .invalidCertificate,
                "The certificate '\(path)' begins on \(day(from)) and today is \(day(now)): check the machine's clock.")
        }
    }

    private static func warnings(_ leaf: Certificate, _ path: String, _ domains: [String], _ now: Date) -> [String] {
        var warnings: [String] = []
        let left = leaf.notValidAfter.timeIntervalSince(now) / 86_400
        if left < Double(Limits.certificateWarningDays) {
            warnings.append(
                "The certificate '\(path)' ends on \(day(leaf.notValidAfter)), in \(Int(left)) days: renew it.")
        }
        var names: [String] = []
        for case .dnsName(let name) in (try? leaf.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames([]) {
            names.append(name.lowercased())
        }
        for domain in domains where !names.contains(where: { covers($0, domain.lowercased()) }) {
            warnings.append("The certificate '\(path)' does not name '\(domain)': browsers will refuse it there.")
        }
        return warnings
    }

    private static func covers(_ name: String, _ domain: String) -> Bool {
        if name == domain { return true }
        guard name.hasPrefix("*."), let dot = domain.firstIndex(of: ".") else { return false }
        return name.dropFirst(1) == domain[dot...]
    }

    private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }

    private static func attempt<Value>(_ what: String, _ body: () throws -> Value) throws(GatewayError) -> Value {
        do { return try body() } catch {
            throw GatewayError(.invalidCertificate, "\(what): \(error). It must hold PEM text.")
        }
    }
}
