// SPDX-License-Identifier: Apache-2.0
import Foundation
import YAML

/// Several YAML files as one mapping, in which a key of a later file replaces that of an earlier one as a whole.
struct MergedConfiguration {
    let files: [String]
    private var values: [String: ConfigurationValue] = [:]

    /// Reads files and, in the order of their names, the `.yaml` files of folders.
    ///
    /// As in Synapse, a file that holds nothing is passed over; one that holds something else is an error here.
    init(_ paths: [String]) throws(ConfigurationError) {
        var files: [String] = []
        for path in paths { files += try Self.files(at: path) }
        self.files = files
        for file in files {
            for (key, value) in try ConfigurationValue.content(of: file).entries() { values[key] = value }
        }
    }

    /// The value of a key, which is missing in the last file where it is in none.
    subscript(key: String) -> ConfigurationValue {
        values[key] ?? ConfigurationValue(file: files.last ?? "", name: key, yaml: YAML(.missing))
    }

    private static func files(at path: String) throws(ConfigurationError) -> [String] {
        let target = URL(filePath: path).resolvingSymlinksInPath()
        guard (try? target.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ConfigurationError(file: path, sentence: "the folder cannot be read: \(FileFault(error)).")
        }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let files = names.filter { $0.hasSuffix(".yaml") }.map { folder + $0 }
        if files.isEmpty { throw ConfigurationError(file: path, sentence: "there is no .yaml file in this folder.") }
        return files.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }
}
