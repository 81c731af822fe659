// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Testing

@testable import Migration

@Suite("The picture of the workers")
struct TimelinePictureTests {
    @Test("has a line for each worker and a bar for each step")
    func bars() throws {
        let timeline = Timeline()
        let start = ContinuousClock.now
        for (row, step) in [
            ("worker 10", "events/1"), ("worker 2", "events/2"), ("index 1", "events_pkey"), ("index 1", "ANALYZE"),
        ] { timeline.add(row: row, step: step, from: start) }
        let svg = TimelinePicture(title: "a <title> & more", spans: timeline.spans).svg
        let document = try XMLReading.elements(of: svg)
        #expect(document.count { $0 == "g" } == 4)
        #expect(svg.contains("a &lt;title&gt; &amp; more"))
        // Worker 2 stands above worker 10, and both above the index jobs.
        let lines = try ["worker 2", "worker 10", "index 1"].map { try #require(svg.range(of: ">\($0)<")).lowerBound }
        #expect(lines == lines.sorted())
    }

    @Test("of nothing is a picture all the same")
    func nothing() throws {
        #expect(try XMLReading.elements(of: TimelinePicture(title: "", spans: []).svg).first == "svg")
    }
}

/// The names of a document's elements, in the order in which they begin.
private enum XMLReading {
    struct Malformed: Error {}

    static func elements(of text: String) throws -> [String] {
        var (names, open) = ([String](), [String]())
        for match in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
            let name = String(match.output.2)
            if !match.output.1.isEmpty {
                guard open.popLast() == name else { throw Malformed() }
            } else {
                names.append(name)
                if match.output.3.isEmpty { open.append(name) }
            }
        }
        guard open.isEmpty else { throw Malformed() }
        return names
    }
}
