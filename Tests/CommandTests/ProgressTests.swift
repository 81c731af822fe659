// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Testing

@testable import matrix_loader

@Suite("The progress line")
struct ProgressTests {
    @Test("says that the work is being planned until there is any")
    func planning() {
        var meter = ProgressMeter()
        #expect(meter.line(LoadProgress().snapshot, at: 0.2) == "planning · 0 rows")
    }

    @Test("shows share, time left and what is under way")
    func loading() {
        let progress = LoadProgress()
        progress.expect(1000)
        progress.began("rooms/1", weight: 200)
        progress.stands(at: 200)
        progress.ended("rooms/1")
        progress.began("users", weight: 100)
        progress.loaded(rows: 50, bytes: 1, by: "users")
        var meter = ProgressMeter()
        #expect(meter.line(progress.snapshot, at: 10) == "loading · 50 rows · 25 % · ~0:30 left · users")
    }

    @Test("counts what an earlier run did, but does not take it for fast")
    func resumed() {
        let progress = LoadProgress()
        progress.expect(1000)
        progress.stands(at: 750)
        var meter = ProgressMeter(doneBefore: 500)
        #expect(meter.line(progress.snapshot, at: 10) == "loading · 0 rows · 75 % · ~0:10 left")
    }

    @Test("counts rows of a load under way up to what it was expected to have, and what others have done")
    func partial() {
        let progress = LoadProgress()
        progress.expect(1000)
        progress.began("rooms/1", weight: 100)
        progress.loaded(rows: 700, bytes: 1, by: "rooms/1")
        #expect(progress.snapshot.doneWeight == 100)
        progress.stands(at: 600)
        progress.ended("rooms/1")
        #expect(progress.snapshot.doneWeight == 600)
    }

    @Test("guesses no time where nothing with a weight is left")
    func end() {
        let progress = LoadProgress()
        progress.expect(1000)
        progress.stands(at: 999)
        progress.began("index a")
        var meter = ProgressMeter()
        #expect(meter.line(progress.snapshot, at: 10) == "indexes · 0 rows · 99 % · index a")
    }

    @Test("gives a rate once there are two moments")
    func rate() {
        var meter = ProgressMeter()
        _ = meter.line(LoadProgress().snapshot, at: 0)
        #expect(meter.line(LoadProgress().snapshot, at: 1).contains("0/s"))
    }

    @Test(
        "is drawn on terminals that can",
        arguments: [
            ("auto", true, "xterm", ProgressDisplay.Style.drawn), ("auto", true, "dumb", .lines),
            ("auto", false, "xterm", .lines),
            ("always", false, "dumb", .drawn), ("never", true, "xterm", .none),
        ])
    func style(word: String, isTerminal: Bool, terminal: String, expected: ProgressDisplay.Style) {
        #expect(ProgressDisplay.Style(word, isTerminal: isTerminal, terminal: terminal) == expected)
    }

    @Test("writes amounts as people do")
    func amounts() {
        #expect([0, 999, 1000, 1_234_567, -4321].map(Amount.count) == ["0", "999", "1,000", "1,234,567", "-4,321"])
        #expect([0, 1023, 1024, 1_572_864].map(Amount.bytes) == ["0 B", "1023 B", "1.0 KiB", "1.5 MiB"])
        #expect(
            [0.041, 9.994, 12.34, 100, 3725].map(Amount.time) == ["0.04 s", "9.99 s", "12.3 s", "1:40", "1:02:05"])
    }

    @Test("has files, bytes, rate and time left of media")
    func media() throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "meter-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(repeating: 1, count: 2 << 20).write(to: folder.appending(path: "a"))
        let progress = CopyProgress()
        var meter = MediaMeter()
        #expect(meter.line(progress, at: 0) == nil)
        progress.expect(files: 4, bytes: 10 << 20)
        let copier = MediaCopier(
            source: folder.path(percentEncoded: false), target: folder.appending(path: "to").path(percentEncoded: false)
        )
        _ = try copier.copy([MediaFile(source: "a", targets: ["b"])], progress: progress)
        #expect(meter.line(progress, at: 1) == "1 of 4 files, 2.0 MiB")
        _ = try copier.copy(
            [MediaFile(source: "a", targets: ["c"]), MediaFile(source: "d", targets: ["e"])], progress: progress)
        #expect(meter.line(progress, at: 3) == "3 of 4 files, 4.0 MiB, 1.0 MiB/s, ~0:06 left, 1 bad")
    }
}
