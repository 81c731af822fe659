// SPDX-License-Identifier: Apache-2.0
import YAML

/// A value of a configuration file that knows its full name and its file, so that every error can say both.
struct ConfigurationValue {
    let file: String
    let name: String
    let yaml: YAML

    subscript(key: String) -> ConfigurationValue {
        ConfigurationValue(file: file, name: name.isEmpty ? key : "\(name).\(key)", yaml: yaml[key])
    }

    /// Whether the key is absent or has no value.
    var isEmpty: Bool { yaml.isEmpty }

    /// A scalar as text; `nil` where there is none or an empty one.
    ///
    /// A number is taken as it is written.
    func text() throws(ConfigurationError) -> String? {
        if isEmpty { return nil }
        guard let text = yaml.text else { throw mustBe("text") }
        return text.isEmpty ? nil : text
    }

    /// A scalar that must be there; the remedy says what to write.
    func text(orElse remedy: String) throws(ConfigurationError) -> String {
        if let text = try text() { return text }
        throw error("\(name) is missing: \(remedy).")
    }

    /// The name of the homeserver, which must be there.
    func serverName() throws(ConfigurationError) -> String {
        let text = try text(orElse: "write the server's name as users' ids have it")
        guard ServerName.isValid(text) else { throw error("\(name) \(ServerName.refusal)") }
        return text
    }

    func int() throws(ConfigurationError) -> Int? {
        if isEmpty { return nil }
        guard let int = yaml.int else { throw mustBe("a whole number") }
        return int
    }

    func int(orElse remedy: String) throws(ConfigurationError) -> Int {
        if let int = try int() { return int }
        throw error("\(name) is missing: \(remedy).")
    }

    func bool(otherwise: Bool) throws(ConfigurationError) -> Bool {
        if isEmpty { return otherwise }
        guard let bool = yaml.bool else { throw mustBe("true or false") }
        return bool
    }

    /// The elements of a list; none where it is absent.
    func elements() throws(ConfigurationError) -> [ConfigurationValue] {
        if isEmpty { return [] }
        guard let array = yaml.array else { throw mustBe("a list") }
        return array.enumerated().map { ConfigurationValue(file: file, name: "\(name)[\($0)]", yaml: $1) }
    }

    /// The entries of a mapping in the file's order; none where it is absent.
    func entries() throws(ConfigurationError) -> [(key: String, value: ConfigurationValue)] {
        if isEmpty { return [] }
        guard let mapping = yaml.mapping else { throw mustBe("a mapping of names to values") }
        return mapping.compactMap { entry in
            entry.key.text.map { key in
                (key, ConfigurationValue(file: file, name: name.isEmpty ? key : "\(name).\(key)", yaml: entry.value))
            }
        }
    }

    /// A path, seen from the folder of the file.
    func path() throws(ConfigurationError) -> String? { try text().map(resolved) }

    func path(orElse remedy: String) throws(ConfigurationError) -> String { resolved(try text(orElse: remedy)) }

    /// The paths of a list, seen from the folder of the file.
    func paths() throws(ConfigurationError) -> [String] {
        var paths: [String] = []
        for element in try elements() { paths.append(try element.path(orElse: "write the path of a file")) }
        return paths
    }

    func resolved(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        return folder + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }

    func mustBe(_ kind: String) -> ConfigurationError { error("\(name) must be \(kind), not \(yaml.content.name).") }

    func error(_ sentence: String) -> ConfigurationError {
        ConfigurationError(file: file, line: yaml.line > 0 ? yaml.line : nil, sentence: sentence)
    }

    /// The mapping that a file is as a whole.
    static func document(_ file: String) throws(ConfigurationError) -> ConfigurationValue {
        let content = try content(of: file)
        guard !content.isEmpty else { throw ConfigurationError(file: file, sentence: "the file is empty.") }
        return content
    }

    /// The mapping that a file is as a whole, or nothing where the file is empty.
    static func content(of file: String) throws(ConfigurationError) -> ConfigurationValue {
        let yaml: YAML
        do throws(YAMLError) { yaml = try YAML(contentsOf: file) } catch { throw ConfigurationError(error) }
        guard yaml.isEmpty || yaml.mapping != nil else {
            let sentence = "the file is \(yaml.content.name), where a mapping of names to values is expected."
            throw ConfigurationError(file: file, sentence: sentence)
        }
        return ConfigurationValue(file: file, name: "", yaml: yaml)
    }
}
