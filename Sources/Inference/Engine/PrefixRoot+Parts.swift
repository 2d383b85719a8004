import Crypto
import KVCache

extension PrefixRoot {
    /// The root of prompts that agree in all of `parts`: the model's fingerprint, the tenant's salt.
    ///
    /// SHA-256, because tenants choose salts, and two that met in one root would read each other's prompts.
    init(parts: [String]) {
        var hash = SHA256()
        for part in parts {
            // With its length, so that no part's end is taken for the next one's beginning.
            hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        self.init(digest: hash.finalize())
    }
}
