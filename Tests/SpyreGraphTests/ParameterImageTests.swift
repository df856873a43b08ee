import Testing

@testable import SpyreGraph

@Suite struct ParameterImageTests {
    @Test func gateAndUpAlternateInGroupsOf32() {
        let gate = Parameter(name: "gate", outputs: 40, columns: 64)
        let up = Parameter(name: "up", outputs: 40, columns: 64)
        let image = ParameterImage.matrix([gate, up], arrangement: .gateUp)
        #expect(image.imageOutputs == 128)
        #expect((0..<40).map { image.placement(ofPart: 0).output(ofRow: $0) } == Array(0..<32) + Array(64..<72))
        #expect((0..<40).map { image.placement(ofPart: 1).output(ofRow: $0) } == Array(32..<64) + Array(96..<104))
    }

    @Test func stackedPartsFollowEachOther() {
        let parts = [("q", 64), ("k", 32), ("v", 32)].map { VectorPart(name: $0.0, count: $0.1) }
        let image = ParameterImage.vector(parts, arrangement: .stacked)
        #expect(image.imageOutputs == 128)
        #expect((0..<3).map { image.placement(ofPart: $0).first } == [0, 64, 96])
    }

    @Test func tiedWeightsAreOneImage() throws {
        let images = try SmallModel().record().nodes.flatMap(\.operation.images)
        let embedding = images.filter {
            if case .matrix(let parts, _) = $0 { parts[0].name == "embedding" } else { false }
        }
        #expect(embedding.count == 2)
        #expect(Set(embedding).count == 1)
    }
}
