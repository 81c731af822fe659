// SPDX-License-Identifier: Apache-2.0
public import Loader
public import MediaCopier

/// What became of all media.
public struct MediaReport: Sendable {
    /// The most media that ``faults`` names, a few hundred bytes each; ``leftBehind`` counts all.
    public static let faultLimit = 1_000_000
    /// The most thumbnails and strays that are named: nobody looks for these one by one.
    public static let minorLimit = 10_000

    /// Media that Synapse can serve now.
    public internal(set) var media = 0
    /// Their thumbnails, those that Synapse has yet to make left out.
    public internal(set) var thumbnails = 0
    /// Files written by this run.
    public private(set) var filesCopied = 0
    /// Their size in bytes.
    public private(set) var bytesCopied: Int64 = 0
    /// Files that were there before.
    public private(set) var filesAlreadyThere = 0
    /// Their size in bytes.
    public private(set) var bytesAlreadyThere: Int64 = 0
    /// Files that a dry run would have copied.
    public private(set) var filesToCopy = 0
    /// Their size in bytes.
    public private(set) var bytesToCopy: Int64 = 0
    /// The engine that copied; nil if there was nothing to copy.
    public private(set) var engine: Engine?
    /// Why that one, and what else was given up on the way, one sentence each.
    public private(set) var notes: [String] = []
    /// How many media are not carried, by reason.
    public private(set) var leftBehind: [String: Int] = [:]
    /// Media that are not carried or not whole: their `mxc://`, for a thumbnail the name of its file as well, and why.
    public private(set) var faults: [RejectedRow] = []
    private var thumbnailFaults = 0

    /// What the store holds besides media, and why it is not copied: paths relative to the store.
    ///
    /// No more than ``minorLimit`` of them; ``strayCount`` counts all.
    public private(set) var strays: [RejectedRow] = []
    /// How much the store holds besides media.
    public private(set) var strayCount = 0

    init() {}

    mutating func add(_ summary: MediaSummary) {
        filesCopied += summary.filesCopied
        bytesCopied += summary.bytesCopied
        filesAlreadyThere += summary.filesAlreadyThere
        bytesAlreadyThere += summary.bytesAlreadyThere
        filesToCopy += summary.filesToCopy
        bytesToCopy += summary.bytesToCopy
        engine = summary.engine
        for note in summary.notes where !notes.contains(note) { notes.append(note) }
    }

    /// Counts and names what is in the store and belongs to no medium.
    mutating func meet(_ stray: StrayFiles.Stray) {
        strayCount += 1
        if strays.count < Self.minorLimit { strays.append(RejectedRow(key: stray.path, reason: stray.reason)) }
    }

    /// Counts a medium, and names it.
    mutating func leave(_ place: MediaPlace, _ what: String, because reason: String) {
        leftBehind[what, default: 0] += 1
        if faults.count - thumbnailFaults < Self.faultLimit {
            faults.append(RejectedRow(key: place.uri, reason: reason))
        }
    }

    /// Counts a thumbnail, and names it by its medium and its file.
    mutating func leave(_ thumbnail: String, of place: MediaPlace, _ what: String, because reason: String) {
        leftBehind[what, default: 0] += 1
        guard thumbnailFaults < Self.minorLimit else { return }
        thumbnailFaults += 1
        faults.append(RejectedRow(key: "\(place.uri) \(thumbnail)", reason: reason))
    }
}
