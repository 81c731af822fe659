// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Migration

@Suite("The dimensions of images")
struct MediaImageDimensionsTests {
    private func dimensions(_ bytes: [UInt8]) -> [Int]? {
        var bytes = ImageBytes(bytes)
        return ImageDimensions(reading: &bytes).map { [$0.width, $0.height] }
    }

    @Test("are what each format's header says", arguments: MediaTestImage.allCases)
    func headers(_ format: MediaTestImage) {
        for _ in 0..<200 {
            let size = [Int.random(in: 1...MediaTestImage.largest), Int.random(in: 1...MediaTestImage.largest)]
            #expect(dimensions(format.bytes(width: size[0], height: size[1])) == size)
        }
    }

    @Test(
        "are the same from a file, of which no more is read than it takes", .temporaryFolder,
        arguments: MediaTestImage.allCases)
    func file(_ format: MediaTestImage) throws {
        let url = TemporaryFolder.url.appending(path: "file")
        try Foundation.Data(format.bytes(width: 320, height: 200) + [UInt8](repeating: 0, count: 50_000)).write(to: url)
        let found = ImageDimensions(contentsOf: url.path(percentEncoded: false))
        #expect(found?.width == 320 && found?.height == 200)
        #expect(ImageDimensions(contentsOf: "/nonexistent") == nil)
    }

    @Test("are unknown of a file that ends before its pixels begin", arguments: MediaTestImage.allCases)
    func truncated(_ format: MediaTestImage) {
        let whole = format.bytes(width: 77, height: 99)
        // The last four bytes of these are of the pixels already.
        let end = whole.count - (format == .png ? 11 : format == .jpeg ? 3 : format == .gif ? 1 : 1)
        for length in 0..<end where length < 200 || length > end - 200 {
            #expect(dimensions(Array(whole.prefix(length))) == nil, "\(length) of \(whole.count) bytes")
        }
    }

    @Test("are never made up, whatever the bytes", arguments: MediaTestImage.allCases)
    func garbage(_ format: MediaTestImage) {
        let whole = format.bytes(width: 77, height: 99)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8) { bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0...255) }
            if let found = dimensions(bytes) { #expect(found.allSatisfy { $0 > 0 }) }
            let noise =
                whole.prefix(Int.random(in: 0...12))
                + (0..<Int.random(in: 0...200)).map { _ in UInt8.random(in: 0...255) }
            if let found = dimensions(Array(noise)) { #expect(found.allSatisfy { $0 > 0 }) }
        }
    }

    @Test("are unknown where the header cannot be true")
    func impossible() {
        #expect(dimensions(MediaTestImage.png.bytes(width: 0, height: 5)) == nil)
        #expect(dimensions(MediaTestImage.jpeg.bytes(width: 5, height: 0)) == nil)
        // Bits that pixels of that kind cannot have.
        #expect(dimensions(MediaTestImage.png(5, 5, colours: [4, 2])) == nil)
        // More pixels than anybody would open.
        #expect(dimensions(MediaTestImage.png(40_000, 40_000)) == nil)
        var damaged = MediaTestImage.png(5, 5)
        damaged[19] = 6
        #expect(dimensions(damaged) == nil, "the checksum is another one")
        #expect(dimensions([]) == nil)
    }

    @Test("of a GIF hold its first image")
    func innerImage() {
        var bytes = MediaTestImage.gif.bytes(width: 10, height: 20)
        let image = bytes.count - 11
        bytes.replaceSubrange((image + 1)..<(image + 3), with: MediaTestImage.little(15, 2))
        #expect(dimensions(bytes) == [25, 20])
    }
}
