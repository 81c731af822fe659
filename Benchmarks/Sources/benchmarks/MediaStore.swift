// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A media store in Dendrite's layout, of files that are named by their number.
struct MediaStore {
    /// The shape of a store.
    struct Shape: Hashable {
        var files: Int
        /// Sizes are spread evenly.
        var sizes: ClosedRange<Int>
        var largeFiles = 0
        var largeSize = 100 << 20
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// What a file's name would be if it were a hash: 43 characters of base64, spread as evenly.
    static func name(_ number: Int) -> String {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let bytes = (0..<43).map { _ in letters[Int(next(&state) & 63)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where Dendrite has it.
    static func source(_ name: String) -> String {
        "\(name.prefix(1))/\(name.dropFirst(1).prefix(1))/\(name.dropFirst(2))/file"
    }

    /// Where Synapse has it.
    static func target(_ name: String) -> String {
        "local_content/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name.dropFirst(4))"
    }

    /// Writes all files.
    static func make(_ shape: Shape, in folder: String) throws {
        var state: UInt64 = 42
        // Not all zeroes, which some file systems would not store.
        let noise = Data((0..<(1 << 20)).map { _ in UInt8(truncatingIfNeeded: next(&state)) })
        for number in 0..<shape.files {
            let size = shape.sizes.lowerBound + Int(next(&state) % UInt64(shape.sizes.count))
            try write(number, in: folder) { file in
                let start = Int(next(&state) % UInt64(noise.count - size))
                try file.write(contentsOf: noise[start..<(start + size)])
            }
        }
        for number in shape.files..<(shape.files + shape.largeFiles) {
            try write(number, in: folder) { file in
                for _ in 0..<(shape.largeSize / noise.count) { try file.write(contentsOf: noise) }
            }
        }
        sync()
    }

    private static func write(_ number: Int, in folder: String, _ body: (FileHandle) throws -> Void) throws {
        let path = "\(folder)/\(source(name(number)))"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw Failure(description: "\(path) cannot be written") }
        try body(file)
        try file.close()
    }

    /// SplitMix64, https://prng.di.unimi.it/splitmix64.c.
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
