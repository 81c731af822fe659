// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Places of media")
struct MediaPlaceTests {
    private func place(_ origin: String, _ mediaID: String) throws -> MediaPlace {
        try MediaPlace(origin: origin, mediaID: mediaID, isLocal: origin == "example.org")
    }

    @Test("are where Synapse looks for our users' files")
    func local() throws {
        let place = try place("example.org", "abcdefgh")
        #expect(place.original == "local_content/ab/cd/efgh")
        let thumbnail = try #require(Thumbnail(ThumbnailSize(width: 96, height: 32, method: .crop), type: "image/png"))
        #expect(place.path(of: thumbnail) == "local_thumbnails/ab/cd/efgh/96-32-image-png-crop")
        #expect(place.uri == "mxc://example.org/abcdefgh")
    }

    @Test("of other servers' files are named by us, the same each time")
    func remote() throws {
        let place = try place("elsewhere.org", "=/..%")
        #expect(place.fileID == "aa4a8a2f4427bca11ae131f4")
        #expect(place.original == "remote_content/elsewhere.org/aa/4a/8a2f4427bca11ae131f4")
        #expect(try place == self.place("elsewhere.org", "=/..%"))
        #expect(place.isServable)
    }

    @Test(
        "are refused where a path would not be one",
        arguments: ["abcd", "abcde=", "a/b/c", "..cdefg", "ab..cdef", "abcd.", "abcd..", "", "é1234"])
    func refused(_ mediaID: String) throws {
        #expect(try !place("example.org", mediaID).isServable)
    }

    @Test("are taken for every name that Synapse allows", arguments: ["abcde", ".a.b.c", "a-_:[].", "abcd..."])
    func taken(_ mediaID: String) throws {
        #expect(try place("example.org", mediaID).isServable)
    }

    @Test("are refused for servers that are none", arguments: ["", "..", "a/b", "a b"])
    func servers(_ origin: String) throws {
        #expect(try !place(origin, "abcdefgh").isServable)
    }

    @Test("of thumbnails are read from Dendrite's names alone")
    func thumbnails() {
        #expect(Thumbnail(dendriteFile: "thumbnail-96x32-crop")?.fileName == "96-32-image-jpeg-crop")
        #expect(Thumbnail(dendriteFile: "thumbnail-640x480-scale")?.fileName == "640-480-image-jpeg-scale")
        for name in [
            "file", "thumbnail-", "thumbnail-96x96", "thumbnail-96x96-fit", "thumbnail-096x96-crop",
            "thumbnail-+9x96-crop",
            "thumbnail-0x96-crop", "thumbnail-96x96x96-crop", "thumbnail-99999999999x1-crop",
            "thumbnail-96x96-crop-crop",
        ] { #expect(Thumbnail(dendriteFile: name) == nil, "\(name)") }
    }
}
