// SPDX-License-Identifier: Apache-2.0
import CLibyaml

/// Turns bytes into a tree of values through libyaml's document loader.
struct DocumentReader {
    let bytes: [UInt8]
    let file: String

    func read() throws(YAMLError) -> YAML {
        // The parser stores its own address when it is given its input, so it must not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw outOfMemory }
        defer { yaml_parser_delete(parser) }
        let result = bytes.withUnsafeBufferPointer { input -> Result<YAML, YAMLError> in
            yaml_parser_set_input_string(parser, input.baseAddress, input.count)
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            return Result { () throws(YAMLError) -> YAML in try documents(parser) }
        }
        return try result.get()
    }

    /// The one document of the stream.
    private func documents(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(YAMLError) -> YAML {
        guard let first = try withDocument(parser, tree) else { return YAML(.null, line: 1, text: "") }
        let second = try withDocument(parser) { document throws(YAMLError) -> Int? in
            yaml_document_get_root_node(document).map { Int($0.pointee.start_mark.line) + 1 }
        }
        guard let second else { return first }
        throw YAMLError(file: file, line: second, what: "begins a second document, where one is expected")
    }

    /// The values of a document; `nil` after the last one.
    private func tree(_ document: UnsafeMutablePointer<yaml_document_t>) throws(YAMLError) -> YAML? {
        guard let root = yaml_document_get_root_node(document) else { return nil }
        var tree = TreeBuilder(document: document, file: file, explicitTag: ExplicitTag(bytes: bytes))
        return try tree.value(of: root)
    }

    /// Loads the next document and lends it to the body.
    private func withDocument<R>(
        _ parser: UnsafeMutablePointer<yaml_parser_t>,
        _ body: (UnsafeMutablePointer<yaml_document_t>) throws(YAMLError) -> R?
    ) throws(YAMLError) -> R? {
        let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
        defer { document.deallocate() }
        guard yaml_parser_load(parser, document) == 1 else { throw problem(parser.pointee) }
        defer { yaml_document_delete(document) }
        return try body(document)
    }

    private func problem(_ parser: yaml_parser_t) -> YAMLError {
        let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
        switch parser.error {
        case YAML_MEMORY_ERROR:
            return outOfMemory
        case YAML_READER_ERROR:
            let line = bytes.prefix(Int(parser.problem_offset)).count { $0 == UInt8(ascii: "\n") } + 1
            return YAMLError(file: file, line: line, what: "is not a YAML file in UTF-8: \(problem)")
        default:
            let context = parser.context.map { String(cString: $0) + ", " } ?? ""
            let line = Int(parser.problem_mark.line) + 1
            return YAMLError(file: file, line: line, what: "is not valid YAML: \(context)\(problem)")
        }
    }

    private var outOfMemory: YAMLError { YAMLError(file: file, line: nil, what: "does not fit into memory") }
}
