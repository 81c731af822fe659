// SPDX-License-Identifier: Apache-2.0

/// What a figure should be below.
struct Goal {
    let atMost: Double
    let aim: Double
}
