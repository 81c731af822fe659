// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Where media are and go, and how they get there: what a run is told anew each time.
struct MediaInputs: Sendable {
    /// Dendrite's folder, and Synapse's.
    var source: String
    var store: String
    /// Boxes for which Dendrite offers a thumbnail of every image.
    var thumbnailSizes: [ThumbnailSize]
    var options: CopyOptions
    /// Counters of the files, and the means to stop.
    var progress: CopyProgress
    /// How many media Dendrite knows.
    var count: Int

    init(
        source: String, store: String, thumbnailSizes: [ThumbnailSize] = [], options: CopyOptions = CopyOptions(),
        progress: CopyProgress = CopyProgress(), count: Int = 0
    ) {
        self.source = source
        self.store = store
        self.thumbnailSizes = thumbnailSizes
        self.options = options
        self.progress = progress
        self.count = count
    }
}
