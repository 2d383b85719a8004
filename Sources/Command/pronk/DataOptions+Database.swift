import Foundation
import Identity
import Metering
import PlatformConfiguration
import Storage

extension DataOptions {
    /// Where keys and the ledger are: where pronk.yaml says, if there is one that can be read.
    var databasePath: String {
        let file = "\(path)/\(DefaultConfiguration.fileName)"
        let environment = ProcessInfo.processInfo.environment
        let effective = try? EffectiveConfiguration.load(file: file, environment: environment)
        let storage = effective?.configuration.storage ?? StorageSettings()
        return storage.database.hasPrefix("/") ? storage.database : "\(path)/\(storage.database)"
    }

    /// nil: nothing was ever stored; a command that only reads makes no file.
    func existingDatabase() throws -> Database? {
        FileManager.default.fileExists(atPath: databasePath) ? try database() : nil
    }

    /// Made if there is none.
    func database() throws -> Database {
        try Database(path: databasePath, modules: [KeyStore.schema, Ledger.schema])
    }
}
