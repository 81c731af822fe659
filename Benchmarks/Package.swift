// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "matrix-loader", path: "..")],
    targets: [
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                .product(name: "Postgres", package: "matrix-loader"),
                .product(name: "Migration", package: "matrix-loader"),
                .product(name: "MediaCopier", package: "matrix-loader"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                // To borrow rows from a connection, as the package above declares them.
                .enableExperimentalFeature("Lifetimes"),
            ]
        )
    ]
)
