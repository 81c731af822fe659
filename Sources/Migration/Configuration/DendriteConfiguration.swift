// SPDX-License-Identifier: Apache-2.0
import YAML

/// What a migration needs of dendrite.yaml.
///
/// Relative paths are seen from the file's folder; Dendrite sees them from where it is started, which as a rule is the same.
public struct DendriteConfiguration: Sendable {
    /// The file's path as it was given.
    public let file: String
    /// The server's name: the part of its users' ids behind the colon.
    public let serverName: String
    /// The PEM file of the signing key.
    public let signingKeyPath: String
    /// Keys that it signed with before.
    public let oldSigningKeys: [OldSigningKey]
    /// The folder of the media.
    public let mediaPath: String
    /// The thumbnails that are made of every image.
    public let thumbnailSizes: [ThumbnailSize]
    /// Whether thumbnails of any other size are made on demand.
    public let hasDynamicThumbnails: Bool
    /// The registration files of application services.
    public let applicationServiceFiles: [String]
    /// Who sends server notices; `nil` where nobody does.
    public let serverNotices: ServerNotices?
    /// How to connect to the database of each component that has one.
    public let databases: [Component: Conninfo]

    /// Reads dendrite.yaml.
    ///
    /// - Throws: ``ConfigurationError`` if the file cannot be read, lacks something, or names a SQLite database.
    public init(contentsOf file: String) throws(ConfigurationError) {
        let document = try ConfigurationValue.document(file)
        self.file = file
        if let version = try document["version"].int(), version != 2 {
            let remedy = "bring the file to the form of Dendrite's current sample"
            throw document["version"].error("version is \(version), where 2 is expected: \(remedy).")
        }
        let global = document["global"]
        serverName = try global["server_name"].serverName()
        signingKeyPath = try global["private_key"].path(orElse: "write the path of Dendrite's signing key")
        oldSigningKeys = try Self.each(global["old_private_keys"], OldSigningKey.init)
        let media = document["media_api"]
        mediaPath = try media["base_path"].path(orElse: "write the path of Dendrite's media folder")
        thumbnailSizes = try Self.each(media["thumbnail_sizes"], ThumbnailSize.init)
        hasDynamicThumbnails = try media["dynamic_thumbnails"].bool(otherwise: false)
        applicationServiceFiles = try document["app_service_api"]["config_files"].paths()
        serverNotices = try ServerNotices(global["server_notices"])
        databases = try Self.databases(document)
    }

    /// How to connect to a component's database: its own, or the one that all share.
    public subscript(component: Component) -> Conninfo? { databases[component] }

    /// The databases whose tables are carried, without repetition, the roomserver's first; one, as a rule.
    public var sources: [DendriteDatabase] {
        var components: [Conninfo: [Component]] = [:]
        var order: [Conninfo] = []
        for component in Component.needed {
            guard let database = databases[component] else { continue }
            if components[database] == nil { order.append(database) }
            components[database, default: []].append(component)
        }
        return order.map { DendriteDatabase(conninfo: $0.text, components: components[$0] ?? []) }
    }

    private static func each<Element>(
        _ list: ConfigurationValue, _ read: (ConfigurationValue) throws(ConfigurationError) -> Element
    ) throws(ConfigurationError) -> [Element] {
        var elements: [Element] = []
        for value in try list.elements() { elements.append(try read(value)) }
        return elements
    }

    private static func databases(_ document: ConfigurationValue) throws(ConfigurationError) -> [Component: Conninfo] {
        let shared = document["global"]["database"]["connection_string"]
        var databases: [Component: Conninfo] = [:]
        for component in Component.allCases {
            let section = component.path.reduce(document) { $0[$1] }
            let own = section["connection_string"]
            let setting = own.isEmpty || own.yaml.text == "" ? shared : own
            if let text = try setting.text() {
                databases[component] = try libpq(text, setting)
            } else if component.isNeeded {
                throw own.error("\(own.name) is missing, and so is \(shared.name): write one of them.")
            }
        }
        return databases
    }

    private static func libpq(_ text: String, _ setting: ConfigurationValue) throws(ConfigurationError) -> Conninfo {
        if text.hasPrefix("file:") {
            let advice = "move Dendrite to PostgreSQL first"
            throw setting.error("\(setting.name) is a SQLite database, which cannot be migrated: \(advice).")
        }
        do throws(GoConninfo.UntranslatableConninfo) {
            return try GoConninfo.translated(text)
        } catch {
            throw setting.error("\(setting.name) \(error.sentence).")
        }
    }
}
