// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Media on their way: which files are to be copied next, which are being copied, and what became of them.
///
/// A class, as the copier takes files from it and reports outcomes to it by turns, on one thread. It holds no more than
/// the copier has in hand, however many media there are.
final class MediaFlow {
    /// The most media that are read as one, though more may have the same content.
    private static let groupLimit = 1000

    private enum Part { case original, thumbnail(Int) }

    private let inputs: MediaInputs
    /// The first medium of the next group.
    private var nextMedium: Medium?
    private var lastFolder: String?
    private var isAtEnd = false
    /// Thumbnails of originals that are at the target.
    private var thumbnails: [(StoredFile, number: Int, MediaFile)] = []
    /// What the copier has in hand, by its number.
    private var inHand: [Int: (StoredFile, Part)] = [:]
    private var taken = 0
    private(set) var report = MediaReport()

    /// What the store holds, compared with the media as they come by, in the same order.
    private var strays: StrayFiles

    init(_ inputs: MediaInputs) {
        self.inputs = inputs
        strays = StrayFiles(inputs.source)
    }

    /// Whether anything is left for another call of the copier.
    var isDone: Bool { isAtEnd && nextMedium == nil && thumbnails.isEmpty }

    // MARK: Files for the copier

    /// The next file; nil where there is none now, though the end of what is in hand may bring more.
    ///
    /// - Parameter read: gives the next medium; nil after the last.
    func next(_ read: () throws -> Medium?) rethrows -> MediaFile? {
        if let (file, number, thumbnail) = thumbnails.popLast() { return take(thumbnail, file, .thumbnail(number)) }
        while let group = try nextGroup(read) {
            let servable = group.filter(isServable)
            if let folder = group.first.flatMap({ StoredFile.folder($0.hash) }) {
                strays.advance(to: folder) { report.meet($0) }
            }
            guard let first = servable.first else { continue }
            guard let file = StoredFile(servable, inputs) else {
                let reason = "its hash \(first.hash.isEmpty ? "is empty" : "is no SHA-256"), so there can be no file"
                for medium in servable {
                    report.leave(medium.place, MediaFault.Reason.missing.leavingBehind, because: reason)
                }
                continue
            }
            // Many media of one content come in several groups.
            if lastFolder != file.folder {
                lastFolder = file.folder
                for name in file.strangers {
                    report.meet(
                        StrayFiles.Stray(path: "\(file.folder)/\(name)", reason: "Dendrite gives no file that name"))
                }
            }
            return take(file.originalFile, file, .original)
        }
        strays.advance(to: nil) { report.meet($0) }
        return nil
    }

    private func take(_ file: MediaFile, _ stored: StoredFile, _ part: Part) -> MediaFile {
        inHand[taken] = (stored, part)
        taken += 1
        return file
    }

    private func nextGroup(_ read: () throws -> Medium?) rethrows -> [Medium]? {
        var group: [Medium] = []
        while true {
            if nextMedium == nil, !isAtEnd {
                nextMedium = try read()
                isAtEnd = nextMedium == nil
            }
            guard let medium = nextMedium, group.count < Self.groupLimit,
                group.first.map({ $0.hash == medium.hash }) ?? true
            else { return group.isEmpty ? nil : group }
            group.append(medium)
            nextMedium = nil
        }
    }

    private func isServable(_ medium: Medium) -> Bool {
        if medium.place.isServable { return true }
        report.leave(
            medium.place, MediaFault.Reason.unservable,
            because: "Synapse refuses such a name in a path: it wants five or more of A-Z a-z 0-9 _ - . [ ] :")
        return false
    }

    // MARK: Outcomes from the copier

    /// Notes what became of a file.
    ///
    /// - Parameter number: its number in the copier's sequence.
    /// - Returns: the stored file that is done with this, if it is to be written.
    func finish(_ number: Int, _ outcome: MediaOutcome) -> StoredFile? {
        guard let (file, part) = inHand.removeValue(forKey: number) else { return nil }
        file.waiting -= 1
        switch part {
        case .original: finishOriginal(file, outcome)
        case .thumbnail(let number): finishThumbnail(number, of: file, outcome)
        }
        guard file.waiting == 0, file.original != nil else { return nil }
        report.media += file.carried.count
        report.thumbnails += file.carried.reduce(0) { $0 + file.thumbnails(of: $1).count { $0.length != nil } }
        return file
    }

    private func finishOriginal(_ file: StoredFile, _ outcome: MediaOutcome) {
        let isThere = outcome.isAtTarget || outcome.disposition == .wouldCopy && outcome.isWhole
        if let fault = outcome.fault {
            for medium in file.media {
                let isKept = inputs.options.keepsDamaged && medium.place.isLocal
                let what =
                    isThere
                    ? "damaged media that were carried nevertheless"
                    : isKept ? "media that are known but have no file" : fault.leavingBehind
                report.leave(medium.place, what, because: "the file \(file.folder)/file \(fault.sentence)")
            }
        }
        guard isThere || inputs.options.keepsDamaged && file.media.contains(where: \.place.isLocal) else { return }
        guard outcome.size <= Int64(Int32.max) else {
            for medium in file.media {
                report.leave(
                    medium.place, "media of 2 GiB and more",
                    because: "the file \(file.folder)/file has \(outcome.size) bytes, more than Synapse can count")
            }
            return
        }
        file.original = outcome
        for (number, thumbnail) in file.thumbnailFiles.enumerated() { thumbnails.append((file, number, thumbnail)) }
        file.waiting += file.made.count
    }

    private func finishThumbnail(_ number: Int, of file: StoredFile, _ outcome: MediaOutcome) {
        let name = file.made[number].thumbnail.dendriteFile
        file.finish(thumbnail: number, outcome)
        guard let fault = outcome.fault else { return }
        for medium in file.media {
            report.leave(
                name, of: medium.place, "thumbnails that Synapse makes anew",
                because: "the file \(file.folder)/\(name) \(fault.sentence)")
        }
    }

    // MARK: Calls of the copier

    /// The copier counts from 0 in each call; nothing is in hand between two.
    func beginCall() { (inHand, taken) = ([:], 0) }

    func endCall(_ summary: MediaSummary) { report.add(summary) }
}
