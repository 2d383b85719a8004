import Crypto
import Foundation
import X509

/// A certificate that the gateway makes for itself, once, so that TLS works before an authority is asked.
enum SelfSignedCertificate {
    /// - Returns: paths of PEM files: those of before, or new ones where there are none or they have nearly ended or do
    ///   not name all domains.
    static func ensure(
        in folder: String, domains: [String], now: Date
    ) throws(GatewayError) -> (certificate: String, key: String) {
        let paths = (certificate: folder + "/certificate.pem", key: folder + "/key.pem")
        if isGood(paths.certificate, paths.key, domains, now) { return paths }
        do {
            try make(paths, domains, now)
        } catch {
            throw GatewayError(
                .invalidCertificate, "No certificate could be made in '\(folder)': \(error). Can it be written to?")
        }
        return paths
    }

    private static func isGood(_ certificate: String, _ key: String, _ domains: [String], _ now: Date) -> Bool {
        guard FileManager.default.fileExists(atPath: key),
            let text = try? String(contentsOfFile: certificate, encoding: .utf8),
            let leaf = try? Certificate(pemEncoded: text), let names = try? leaf.extensions.subjectAlternativeNames
        else { return false }
        let known = Set(names.compactMap { if case .dnsName(let name) = $0 { name } else { nil } })
        let days = Double(Limits.certificateWarningDays)
        return known.isSuperset(of: domains) && leaf.notValidAfter.timeIntervalSince(now) > days * 86_400
    }

    private static func make(_ paths: (certificate: String, key: String), _ domains: [String], _ now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let names: [GeneralName] =
            (["localhost"] + domains).map { .dnsName($0) }
            + [
                .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
                .ipAddress(.init(contentBytes: ArraySlice([UInt8](repeating: 0, count: 15) + [1]))),
            ]
        let name = try DistinguishedName { CommonName(domains.first ?? "localhost") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-3_600),
            notValidAfter: now.addingTimeInterval(Double(Limits.selfSignedDays) * 86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                KeyUsage(digitalSignature: true, keyCertSign: true)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            }, issuerPrivateKey: .init(key))
        let files = FileManager.default
        try files.createDirectory(
            atPath: (paths.key as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        // Never readable by others, not even for the moment between making and restricting.
        try? files.removeItem(atPath: paths.key)
        guard
            files.createFile(
                atPath: paths.key, contents: Data(key.pemRepresentation.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        try Data(certificate.serializeAsPEM().pemString.utf8).write(
            to: URL(filePath: paths.certificate), options: .atomic)
    }
}
