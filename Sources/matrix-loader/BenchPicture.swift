// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Options

/// The file in which `bench --svg` draws what each worker did when.
struct BenchPicture {
    let path: String

    /// Nil where no picture is asked for.
    ///
    /// - Throws: ``UsageError`` where no file can be written, which must not be news after hours of measuring.
    init?(_ invocation: Invocation) throws(UsageError) {
        guard let path = invocation.string(BenchCommand.svg) else { return nil }
        self.path = path
        let (files, url) = (FileManager.default, URL(filePath: path).absoluteURL.resolvingSymlinksInPath())
        let type = try? files.attributesOfItem(atPath: url.path(percentEncoded: false))[.type] as? FileAttributeType
        let place = type == nil ? url.deletingLastPathComponent() : url
        guard type != .typeDirectory, files.isWritableFile(atPath: place.path(percentEncoded: false)) else {
            throw UsageError(
                "--svg \(path): this user cannot write a file there.", explanation: invocation.explanation)
        }
    }

    /// Writes the picture of a migration, as SVG.
    ///
    /// - Throws: Foundation's errors if the file cannot be written.
    func draw(_ report: BenchReport) throws {
        let title = "\(Amount.count(report.events)) events in \(Amount.time(report.seconds))"
        try Data(TimelinePicture(title: title, spans: report.timeline).svg.utf8).write(to: URL(filePath: path))
    }
}
