// SPDX-License-Identifier: Apache-2.0
import CLibyaml

/// Copies the nodes of a libyaml document into values.
///
/// Every node is built once: an alias shares the storage of what it names, and the size that a document would have
/// written out is counted beside, so that a few lines of nested aliases cannot stand for billions of values.
struct TreeBuilder {
    typealias Node = UnsafeMutablePointer<yaml_node_t>

    /// Deeper nesting than anybody writes; also bounds the recursion.
    static let greatestDepth = 100
    /// How many values a document may stand for, aliases written out.
    static let greatestSize = 1_000_000

    let document: UnsafeMutablePointer<yaml_document_t>
    let file: String
    let explicitTag: ExplicitTag

    private struct Built {
        let value: YAML
        let size: Int
        let height: Int
    }
    private var built: [Node: Built] = [:]
    private var beingBuilt: Set<Node> = []

    init(document: UnsafeMutablePointer<yaml_document_t>, file: String, explicitTag: ExplicitTag) {
        self.document = document
        self.file = file
        self.explicitTag = explicitTag
    }

    /// The value that a node and all below it stand for.
    mutating func value(of root: Node) throws(YAMLError) -> YAML {
        try build(root).value
    }

    private mutating func build(_ node: Node) throws(YAMLError) -> Built {
        if let done = built[node] { return done }
        guard beingBuilt.count < Self.greatestDepth else { throw tooDeep(node) }
        guard beingBuilt.insert(node).inserted else { throw error(node, "contains itself through an alias") }
        defer { beingBuilt.remove(node) }
        let new: Built
        switch node.pointee.type {
        case YAML_SEQUENCE_NODE: new = try sequence(node)
        case YAML_MAPPING_NODE: new = try mapping(node)
        default: new = Built(value: try scalar(node), size: 1, height: 1)
        }
        guard new.size <= Self.greatestSize else {
            throw error(node, "stands for more than \(Self.greatestSize) values once its aliases are written out")
        }
        guard new.height <= Self.greatestDepth else { throw tooDeep(node) }
        built[node] = new
        return new
    }

    private mutating func sequence(_ node: Node) throws(YAMLError) -> Built {
        try checkTag(node, is: YAML_SEQ_TAG)
        let items = node.pointee.data.sequence.items
        var elements: [YAML] = []
        var size = 1
        var height = 0
        for item in UnsafeBufferPointer(start: items.start, count: items.top - items.start) {
            let element = try build(child(item, of: node))
            elements.append(element.value)
            size += element.size
            height = max(height, element.height)
        }
        return Built(value: YAML(.array(elements), line: line(of: node)), size: size, height: height + 1)
    }

    private mutating func mapping(_ node: Node) throws(YAMLError) -> Built {
        try checkTag(node, is: YAML_MAP_TAG)
        let pairs = node.pointee.data.mapping.pairs
        var own: [YAML.Entry] = []
        var merged: [YAML.Entry] = []
        var size = 1
        var height = 0
        for pair in UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start) {
            let keyNode = try child(pair.key, of: node)
            let key = try build(keyNode).value
            guard key.array == nil, key.mapping == nil else {
                throw error(keyNode, "has \(key.content.name) for a key, where only a scalar can be one")
            }
            let value = try build(child(pair.value, of: node))
            size += 1 + value.size
            height = max(height, value.height)
            if isMerge(keyNode, key) {
                merged += try mergedEntries(value.value, at: keyNode)
            } else {
                own.append(YAML.Entry(key: key, value: value.value))
            }
        }
        let entries = Self.lastOfEach(merged + own)
        return Built(value: YAML(.mapping(entries), line: line(of: node)), size: size, height: height + 1)
    }

    /// The entries that `<<` brings in: of one mapping, or of several, where the first that has a key counts.
    private func mergedEntries(_ value: YAML, at node: Node) throws(YAMLError) -> [YAML.Entry] {
        if let entries = value.mapping { return entries }
        var merged: [YAML.Entry] = []
        for element in value.array?.reversed() ?? [] {
            guard let entries = element.mapping else { throw error(node, "merges \(element.content.name)") }
            merged += entries
        }
        guard value.array != nil else {
            throw error(node, "merges \(value.content.name), where a mapping or a list of them is expected")
        }
        return merged
    }

    /// Entries in the order in which their keys first appear, each with the value given last.
    private static func lastOfEach(_ entries: [YAML.Entry]) -> [YAML.Entry] {
        var places: [YAML: Int] = [:]
        var result: [YAML.Entry] = []
        for entry in entries {
            if let place = places[entry.key] {
                result[place] = entry
            } else {
                places[entry.key] = result.count
                result.append(entry)
            }
        }
        return result
    }

    private func scalar(_ node: Node) throws(YAMLError) -> YAML {
        let source = node.pointee.data.scalar
        let text = String(decoding: UnsafeBufferPointer(start: source.value, count: source.length), as: UTF8.self)
        let content: YAML.Content
        if isPlain(node) {
            content = PlainScalar(text).content
        } else {
            let tag = node.pointee.tag.map { String(cString: $0) } ?? YAML_STR_TAG
            guard let tagged = PlainScalar(text).content(tagged: tag) else {
                throw error(
                    node,
                    Self.name(ofTag: tag).map { "has a text that is no value of the type \($0), as its tag demands" }
                        ?? "has a text that begins with an exclamation mark, which makes it a tag: put it in quotes")
            }
            content = tagged
        }
        return YAML(content, line: line(of: node), text: text)
    }

    /// Whether a scalar has neither quotes nor a tag, so that its text decides what it is.
    private func isPlain(_ node: Node) -> Bool {
        guard node.pointee.type == YAML_SCALAR_NODE, node.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
            let tag = node.pointee.tag, String(cString: tag) == YAML_STR_TAG
        else { return false }
        return !explicitTag.isWritten(at: Int(node.pointee.start_mark.index))
    }

    private func isMerge(_ node: Node, _ key: YAML) -> Bool { key.text == "<<" && isPlain(node) }

    private func checkTag(_ node: Node, is expected: String) throws(YAMLError) {
        guard let tag = node.pointee.tag.map({ String(cString: $0) }), tag != expected else { return }
        throw error(node, "has \(Self.name(ofTag: tag).map { "the tag \($0)" } ?? "a tag"), which has no meaning here")
    }

    /// A tag of YAML's own as people write it; nil for any other, which may be a password that nobody has quoted.
    private static func name(ofTag tag: String) -> String? {
        ["bool", "float", "int", "map", "null", "seq", "str", "timestamp"].first { tag == "tag:yaml.org,2002:\($0)" }
            .map { "!!\($0)" }
    }

    private func child(_ index: Int32, of node: Node) throws(YAMLError) -> Node {
        guard let child = yaml_document_get_node(document, index) else { throw error(node, "is incomplete") }
        return child
    }

    private func line(of node: Node) -> Int { Int(node.pointee.start_mark.line) + 1 }

    private func tooDeep(_ node: Node) -> YAMLError {
        error(node, "is nested more than \(Self.greatestDepth) levels deep")
    }

    private func error(_ node: Node, _ what: String) -> YAMLError {
        YAMLError(file: file, line: line(of: node), what: what)
    }
}
