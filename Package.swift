// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Rows are lent, never owned: `@_lifetime` is what says so, and is still experimental in 6.3.
    .enableExperimentalFeature("Lifetimes"),
]

/// For targets that wrap no C library: they never see a pointer.
let safe = settings + [.strictMemorySafety()]

let package = Package(
    name: "matrix-loader",
    products: [
        .executable(name: "matrix-loader", targets: ["matrix-loader"]),
        .library(name: "Postgres", targets: ["Postgres"]),
        .library(name: "MediaCopier", targets: ["MediaCopier"]),
        .library(name: "Migration", targets: ["Migration"]),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLiburing", pkgConfig: "liburing", providers: [.apt(["liburing-dev"])]),
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CGetopt"),
        .target(name: "Postgres", dependencies: ["CLibpq"], swiftSettings: settings),
        .target(name: "Loader", dependencies: ["Postgres"], swiftSettings: safe),
        .target(name: "Partition", swiftSettings: safe),
        .target(name: "Digest", dependencies: ["CLibcrypto"], swiftSettings: settings),
        .target(name: "MediaCopier", dependencies: ["CLiburing", "Digest"], swiftSettings: settings),
        .target(name: "YAML", dependencies: ["CLibyaml"], swiftSettings: settings),
        .target(name: "Options", dependencies: ["CGetopt"], swiftSettings: settings),
        .target(
            name: "Migration",
            dependencies: ["Postgres", "Loader", "Partition", "MediaCopier", "Digest", "YAML"],
            swiftSettings: safe
        ),
        .target(name: "Generator", dependencies: ["Postgres", "Digest"], swiftSettings: safe),
        .executableTarget(
            name: "matrix-loader",
            dependencies: ["Migration", "Generator", "Options", "Postgres", "Loader", "MediaCopier"],
            swiftSettings: safe
        ),
        .target(name: "TestSupport", dependencies: ["Postgres"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "LoaderTests", dependencies: ["Loader", "Postgres", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "PartitionTests", dependencies: ["Partition"], swiftSettings: settings),
        .testTarget(
            name: "MediaCopierTests", dependencies: ["MediaCopier", "Digest", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: settings),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: settings),
        .testTarget(name: "OptionsTests", dependencies: ["Options", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "MigrationTests",
            dependencies: [
                "Migration", "Generator", "Loader", "Partition", "Postgres", "YAML", "Digest", "MediaCopier",
                "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GeneratorTests", dependencies: ["Generator", "Digest", "Postgres", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandTests", dependencies: ["matrix-loader", "Options", "TestSupport"], swiftSettings: settings),
    ]
)
