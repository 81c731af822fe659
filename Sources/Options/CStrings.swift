// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Strings as C has them, freed with their owner.
final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } }

    deinit { for pointer in pointers { free(pointer) } }
}
