// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// Results of matches that both players have signed. Anybody may bring them; each match is recorded once.
contract MatchProof {
    struct MatchResult {
        bytes32 matchId;
        address winner;
        address loser;
        string gameId;
        uint8 winnerScore;
        uint8 loserScore;
        bytes32 replayHash;
        uint256 timestamp;
    }

    event MatchRecorded(bytes32 indexed matchId, address indexed winner, address indexed loser, uint256 timestamp);

    error AlreadyRecorded(bytes32 matchId);
    error NotSignedBy(address player);
    error SamePlayer(address player);

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant RESULT_TYPE = keccak256(
        "MatchResult(bytes32 matchId,address winner,address loser,string gameId,uint8 winnerScore,uint8 loserScore,bytes32 replayHash,uint256 timestamp)"
    );
    /// Half of the curve's order: of two signatures that say the same, the one with the lower s counts (EIP-2).
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    mapping(bytes32 matchId => address) public winnerOf;

    /// The signatures are over the result in this contract's domain, 65 bytes each: r, s, v.
    function recordMatch(MatchResult calldata result, bytes calldata winnerSignature, bytes calldata loserSignature)
        external
    {
        if (winnerOf[result.matchId] != address(0)) revert AlreadyRecorded(result.matchId);
        if (result.winner == result.loser) revert SamePlayer(result.winner);
        bytes32 digest = digestOf(result);
        if (result.winner == address(0) || signerOf(digest, winnerSignature) != result.winner) {
            revert NotSignedBy(result.winner);
        }
        if (result.loser == address(0) || signerOf(digest, loserSignature) != result.loser) {
            revert NotSignedBy(result.loser);
        }
        winnerOf[result.matchId] = result.winner;
        emit MatchRecorded(result.matchId, result.winner, result.loser, result.timestamp);
    }

    /// What the players sign.
    function digestOf(MatchResult calldata result) public view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPE, keccak256("NoJohns"), keccak256("1"), block.chainid, address(this))
        );
        bytes32 message = keccak256(
            abi.encode(
                RESULT_TYPE,
                result.matchId,
                result.winner,
                result.loser,
                keccak256(bytes(result.gameId)),
                result.winnerScore,
                result.loserScore,
                result.replayHash,
                result.timestamp
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    /// The zero address if the signature is malformed.
    function signerOf(bytes32 digest, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        uint256 s = uint256(bytes32(signature[32:64]));
        uint8 v = uint8(signature[64]);
        if (s > HALF_ORDER || (v != 27 && v != 28)) return address(0);
        return ecrecover(digest, v, bytes32(signature[:32]), bytes32(s));
    }
}
