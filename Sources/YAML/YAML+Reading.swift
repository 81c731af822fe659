// SPDX-License-Identifier: Apache-2.0
import Glibc

extension YAML {
    /// The longest file that is read, in bytes: no configuration comes near it, and a wrong path often exceeds it.
    public static let longestFile = 16 << 20

    /// Reads a document from text.
    ///
    /// Scalars mean what they mean to PyYAML's `safe_load`; of a key that is there twice the last value counts;
    /// `<<` merges; aliases stand for what they name.
    ///
    /// - Parameters:
    ///   - text: one YAML document, possibly empty.
    ///   - file: the name to use in errors.
    /// - Throws: ``YAMLError`` if the text is no single valid document.
    public init(parsing text: String, file: String = "the text") throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), file: file)
    }

    /// Reads a document from bytes of UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: one YAML document, possibly empty.
    ///   - file: the name to use in errors.
    /// - Throws: ``YAMLError`` if the bytes are no single valid document.
    public init(parsing bytes: [UInt8], file: String) throws(YAMLError) {
        // libyaml counts a byte order mark as a column when it is told the encoding.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        self = try DocumentReader(bytes: text, file: file).read()
    }

    /// Reads a file of one document.
    ///
    /// - Parameter path: the file's path; errors name it as given.
    /// - Throws: ``YAMLError`` if the file cannot be read or is no single valid document.
    public init(contentsOf path: String) throws(YAMLError) {
        try self.init(parsing: Self.bytes(of: path), file: path)
    }

    private static func bytes(of path: String) throws(YAMLError) -> [UInt8] {
        func failed() -> YAMLError {
            YAMLError(file: path, line: nil, what: "cannot be read: \(String(cString: strerror(errno)))")
        }
        guard let file = fopen(path, "r") else { throw failed() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= longestFile {
            let count = fread(&chunk, 1, chunk.count, file)
            bytes += chunk[..<count]
            if count == chunk.count { continue }
            if ferror(file) != 0 { throw failed() }
            return bytes
        }
        throw YAMLError(file: path, line: nil, what: "is longer than \(longestFile >> 20) MiB and so no configuration")
    }
}
