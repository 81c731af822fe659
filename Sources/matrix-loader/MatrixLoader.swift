// SPDX-License-Identifier: Apache-2.0

@main
struct MatrixLoader {
    static func main() {}
}
