// SPDX-License-Identifier: Apache-2.0

/// Devices by `session_id`: by place where ids are as a sequence gives them, since each event asks for one.
struct SendingDevices: Sendable {
    /// Ids from here on are far off; below it an id without a device costs eight bytes.
    private static let end: Int64 = 1 << 20
    private var near: [SendingDevice?] = []
    private var far: [Int64: SendingDevice] = [:]

    /// The same devices where none is carried.
    var leftOut: SendingDevices {
        var devices = self
        devices.near = near.map { $0?.leftOut }
        devices.far = far.mapValues(\.leftOut)
        return devices
    }

    subscript(session: Int64) -> SendingDevice? {
        get {
            guard session >= 0, session < Self.end else { return far[session] }
            return session < near.count ? near[Int(session)] : nil
        }
        set {
            guard session >= 0, session < Self.end else { return far[session] = newValue }
            while near.count <= session { near.append(nil) }
            near[Int(session)] = newValue
        }
    }
}
