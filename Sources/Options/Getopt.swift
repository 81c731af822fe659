// SPDX-License-Identifier: Apache-2.0
import CGetopt
import Glibc
import Synchronization

/// glibc's `getopt_long` over a list of options: it abbreviates, takes `--name=value` and moves operands to the end.
struct Getopt {
    let program: String
    let options: [Option]
    let explanation: String

    /// An option as it was found, with its value.
    struct Found {
        let option: Option
        let value: String?
    }

    /// What a command line consists of.
    struct Arguments {
        var found: [Found] = []
        var operands: [String] = []
    }

    /// getopt keeps its state in global variables, so that one parse runs at a time.
    private static let lock = Mutex(())

    /// Above every letter, so that a long option is told from a short one.
    private static let firstNumber: Int32 = 1_000

    /// Takes a command line apart.
    ///
    /// - Parameters:
    ///   - arguments: what follows the program's name.
    ///   - stopsAtOperand: whether everything from the first operand on is left alone, as an operand.
    /// - Throws: ``UsageError`` if an option is unknown, ambiguous, or lacks its value.
    func parse(_ arguments: [String], stopsAtOperand: Bool) throws(UsageError) -> Arguments {
        let result = Self.lock.withLock { _ in
            Result { () throws(UsageError) -> Arguments in try scan(arguments, stopsAtOperand) }
        }
        return try result.get()
    }

    private func scan(_ arguments: [String], _ stopsAtOperand: Bool) throws(UsageError) -> Arguments {
        let names = CStrings(options.map(\.name))
        // getopt reorders the array that it is given, hence a second one to free the strings by.
        let words = CStrings([program] + arguments)
        var vector = words.pointers + [nil]
        var table = zip(options, names.pointers).enumerated().map { index, pair in
            option(
                name: UnsafePointer(pair.1), has_arg: pair.0.value == nil ? no_argument : required_argument,
                flag: nil, val: Self.firstNumber + Int32(index))
        }
        table.append(option())
        // "+" stops at the first operand; ":" tells a missing value from an unknown option.
        let letters = (stopsAtOperand ? "+:" : ":") + shortOptions
        var result = Arguments()
        cgetopt_reset()
        while true {
            let found = getopt_long(Int32(arguments.count + 1), &vector, letters, table, nil)
            if found == -1 { break }
            if found == Int32(UInt8(ascii: "?")) { throw misunderstood(Self.lastLooked(in: vector)) }
            if found == Int32(UInt8(ascii: ":")) { throw error("\(typed(cgetopt_offender())) needs a value.") }
            guard let option = listed(numbered: found) else { continue }
            result.found.append(Found(option: option, value: cgetopt_value().map { String(cString: $0) }))
        }
        result.operands = vector[Int(cgetopt_next())...].compactMap { $0.map { String(cString: $0) } }
        withExtendedLifetime((names, words)) {}
        return result
    }

    private var shortOptions: String {
        options.compactMap { option in option.letter.map { "\($0)" + (option.value == nil ? "" : ":") } }.joined()
    }

    private func listed(numbered number: Int32) -> Option? {
        if number >= Self.firstNumber { return options[Int(number - Self.firstNumber)] }
        return options.first { $0.letter.flatMap(\.asciiValue).map(Int32.init) == number }
    }

    /// The argument that getopt looked at last.
    private static func lastLooked(in vector: [UnsafeMutablePointer<CChar>?]) -> String {
        let index = Int(cgetopt_next()) - 1
        return vector.indices.contains(index) ? vector[index].map { String(cString: $0) } ?? "" : ""
    }

    private func typed(_ number: Int32) -> String {
        if number >= Self.firstNumber { return "--\(options[Int(number - Self.firstNumber)].name)" }
        return "-\(Character(UnicodeScalar(UInt8(truncatingIfNeeded: number))))"
    }

    private func misunderstood(_ argument: String) -> UsageError {
        let offender = cgetopt_offender()
        if offender >= Self.firstNumber { return error("\(typed(offender)) takes no value.") }
        if offender != 0 { return error("There is no option \(typed(offender)).") }
        let typed = String(argument.dropFirst(2).prefix { $0 != "=" })
        if typed.mayBeConnectionString { return error("A connection string is no option.") }
        let candidates = options.map(\.name).filter { $0.hasPrefix(typed) }
        if candidates.count > 1 {
            let names = candidates.map { "--\($0)" }.joined(separator: ", ")
            return error("--\(typed) is short for more than one option: \(names).")
        }
        let likely = Spelling.nearest(to: typed, among: options.map(\.name)).map { " Did you mean --\($0)?" } ?? ""
        return error("There is no option --\(typed).\(likely)")
    }

    private func error(_ sentence: String) -> UsageError { UsageError(sentence, explanation: explanation) }
}
